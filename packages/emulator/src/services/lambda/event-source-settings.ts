import type * as client from '@aws-sdk/client-lambda';
import { invalid } from './function-name.ts';
import type { EventSourceMapping } from './state.ts';

// Lambda Developer Guide, "Lambda parameters for Amazon SQS event source mappings"
const batchSizeDefault = 10;
const batchSizeMax = { standard: 10_000, fifo: 10 };

export type MappingSettings = Pick<
  EventSourceMapping,
  'batchSize' | 'windowSeconds' | 'reportsItemFailures' | 'concurrencyMax'
>;
/**
 * How a mapping is to work, from what is given and what was there.
 *
 * @throws AwsError InvalidParameterValueException
 */
export function readMappingSettings(
  input: client.CreateEventSourceMappingCommandInput | client.UpdateEventSourceMappingCommandInput,
  queueArn: string,
  previous: MappingSettings | undefined,
): MappingSettings {
  const isFifo = queueArn.endsWith('.fifo');
  const batchSize = input.BatchSize ?? previous?.batchSize ?? batchSizeDefault;
  const windowSeconds = input.MaximumBatchingWindowInSeconds ?? previous?.windowSeconds ?? 0;
  const sizeMax = isFifo ? batchSizeMax.fifo : batchSizeMax.standard;
  if (batchSize < 1 || batchSize > sizeMax)
    throw invalid(`Batch size must be from 1 to ${sizeMax}, not ${batchSize}`);
  if (isFifo && windowSeconds > 0)
    throw invalid('Batching window is not supported for FIFO queues.');
  if (batchSize > 10 && windowSeconds < 1)
    throw invalid(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  return {
    batchSize,
    windowSeconds,
    reportsItemFailures: input.FunctionResponseTypes
      ? input.FunctionResponseTypes.includes('ReportBatchItemFailures')
      : (previous?.reportsItemFailures ?? false),
    concurrencyMax: input.ScalingConfig
      ? input.ScalingConfig.MaximumConcurrency
      : previous?.concurrencyMax,
  };
}
