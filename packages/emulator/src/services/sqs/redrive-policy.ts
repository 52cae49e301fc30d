import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { isRecord } from '../../wire/scalars.ts';
import { findQueue, placeOfArn } from './queue-lookup.ts';
import { sqsState, type Queue, type RedriveAllowPolicy, type RedrivePolicy } from './state.ts';

const maxReceiveCountLimit = 1000; // SQS Developer Guide, "Using dead-letter queues"
const sourceQueuesMax = 10; // SQS API reference, SetQueueAttributes, sourceQueueArns

const invalid = (parameter: string, text: string, reason: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value ${text} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );

function parseObject(parameter: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Reported below, as any other text that is no JSON object.
  }
  throw invalid(parameter, text, 'Redrive policy is not a valid JSON map.');
}

function refuseUnknown(
  parameter: string,
  text: string,
  value: Record<string, unknown>,
  known: readonly string[],
): void {
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) throw invalid(parameter, text, `Unknown attribute ${strange}.`);
}

/**
 * Reads a queue's redrive policy. The dead-letter queue exists already, in the same account and Region, is of the
 * same type and admits this queue.
 *
 * @throws AwsError InvalidParameterValue
 */
export function readRedrivePolicy(
  scope: Scope,
  queue: Pick<Queue, 'arn' | 'fifo'>,
  text: string,
): RedrivePolicy {
  const refuse = (reason: string): AwsError => invalid('RedrivePolicy', text, reason);
  const value = parseObject('RedrivePolicy', text);
  refuseUnknown('RedrivePolicy', text, value, ['deadLetterTargetArn', 'maxReceiveCount']);
  const { deadLetterTargetArn, maxReceiveCount = 10 } = value;
  if (typeof deadLetterTargetArn !== 'string')
    throw refuse('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > maxReceiveCountLimit)
    throw refuse(
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to ${maxReceiveCountLimit} both inclusive.`,
    );
  const place = placeOfArn(deadLetterTargetArn);
  if (place?.account !== scope.account || place.region !== scope.region)
    throw refuse('Dead-letter target owner or Region differs from that of the source.');
  const target = findQueue(scope, place);
  if (!target) throw refuse('Dead-letter target does not exist.');
  if (target.fifo !== queue.fifo)
    throw refuse(
      'The dead-letter queue of a FIFO queue must be a FIFO queue, that of a standard queue a standard queue.',
    );
  if (!admits(target, queue.arn))
    throw refuse(`The dead-letter queue does not allow ${queue.arn} as a source.`);
  return { deadLetterTargetArn, maxReceiveCount: count };
}

/** @throws AwsError InvalidParameterValue */
export function readRedriveAllowPolicy(text: string): RedriveAllowPolicy {
  const refuse = (reason: string): AwsError => invalid('RedriveAllowPolicy', text, reason);
  const value = parseObject('RedriveAllowPolicy', text);
  refuseUnknown('RedriveAllowPolicy', text, value, ['redrivePermission', 'sourceQueueArns']);
  const { redrivePermission, sourceQueueArns } = value;
  if (
    redrivePermission !== 'allowAll' &&
    redrivePermission !== 'denyAll' &&
    redrivePermission !== 'byQueue'
  )
    throw refuse('redrivePermission must be allowAll, denyAll or byQueue.');
  const arns: unknown[] = Array.isArray(sourceQueueArns) ? sourceQueueArns : [];
  const given = sourceQueueArns !== undefined;
  if (given !== (redrivePermission === 'byQueue'))
    throw refuse('sourceQueueArns must be given with byQueue and only then.');
  if (given && (arns.length === 0 || arns.length > sourceQueuesMax))
    throw refuse(`sourceQueueArns must name 1 to ${sourceQueuesMax} queues.`);
  if (!arns.every((arn) => typeof arn === 'string' && placeOfArn(arn) !== undefined))
    throw refuse('sourceQueueArns must hold queue ARNs.');
  return { redrivePermission, sourceQueueArns: arns.map(String) };
}

/** Whether a dead-letter queue takes messages of a source. */
export function admits(deadLetterQueue: Queue, sourceArn: string): boolean {
  const allow = deadLetterQueue.settings.redriveAllow;
  if (!allow || allow.redrivePermission === 'allowAll') return true;
  return allow.redrivePermission === 'byQueue' && allow.sourceQueueArns.includes(sourceArn);
}

/** The queues of the same account and Region that name this one as their dead-letter queue. */
export const deadLetterSources = (scope: Scope, queue: Queue): readonly Queue[] =>
  [...sqsState.in(scope.at(queue)).queues.values()].filter(
    (candidate) => candidate.settings.redrive?.deadLetterTargetArn === queue.arn,
  );
