import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { kms } from '../src/services/kms/operations.ts';
import { sns } from '../src/services/sns/operations.ts';
import { sqs } from '../src/services/sqs/operations.ts';
import { functionFixture, type FunctionFixture } from './function-fixture.ts';

export const echo = 'exports.handler = async (event) => event;';
export const minute = 60_000;

/** The sum of a metric of a function over the last twelve hours. */
export const sum = async (
  fixture: FunctionFixture,
  MetricName: string,
  name = 'f',
): Promise<number> => {
  const { now } = fixture.world.scheduler;
  const { Datapoints = [] } = await fixture.client(CloudWatchClient).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      StartTime: new Date(now - 12 * 3_600_000),
      EndTime: new Date(now + minute),
      Period: 3_600,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
};

export const withQueues = (settings = {}): FunctionFixture =>
  functionFixture([sqs, sns, kms], settings);

export async function queue(
  fixture: FunctionFixture,
  name: string,
  attributes: Record<string, string> = {},
) {
  const client = fixture.client(SQSClient);
  const { QueueUrl = '' } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:eu-west-1:111111111111:${name}` };
}

/** Notes each batch in a parameter, and fails for the messages that say so. */
export const consumer = `
  const { SSMClient, GetParameterCommand, PutParameterCommand } = require('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  exports.handler = async ({ Records }) => {
    const seen = await client.send(new GetParameterCommand({ Name: '/seen' })).then(({ Parameter }) => JSON.parse(Parameter.Value), () => []);
    seen.push(Records.map(({ body, attributes }) => body + attributes.ApproximateReceiveCount));
    await client.send(new PutParameterCommand({ Name: '/seen', Type: 'String', Overwrite: true, Value: JSON.stringify(seen) }));
    if (Records.some(({ body }) => body === 'throw')) throw new Error('whole batch');
    return { batchItemFailures: Records.filter(({ body }) => body === 'fail').map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };`;
