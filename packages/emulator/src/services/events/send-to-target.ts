import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { isRecord } from '../../wire/scalars.ts';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import type { Delivery } from './deliver.ts';
import { forwardToBus } from './forward-to-bus.ts';
import { servicePrincipal } from './service-principal.ts';
import type { RuleTarget } from './state.ts';
import { targetKind } from './target-checks.ts';

const service = 'events.amazonaws.com';

/**
 * Hands an event to its target. Lambda, SQS and CloudWatch Logs see the rule as `aws:SourceArn`; SNS sees none, because
 * EventBridge supports no conditions in topic policies.
 *
 * Source: EventBridge User Guide, "Using resource-based policies", note at Amazon SNS.
 *
 * @param input the text for the target, JSON
 * @throws AwsError what the target answers
 */
export async function sendToTarget(scope: Scope, delivery: Delivery, input: string): Promise<void> {
  const { rule, target } = delivery;
  const kind = targetKind(target.Arn);
  const as = servicePrincipal(scope, service, rule.arn);
  switch (kind) {
    case 'lambda':
      await scope.send(
        new InvokeCommand({
          FunctionName: target.Arn,
          InvocationType: 'Event',
          Payload: Buffer.from(input),
        }),
        { as },
      );
      return;
    case 'sqs':
      await scope.send(sqsMessage(target, input), { as });
      return;
    case 'sns':
      await scope.send(new PublishCommand({ TopicArn: target.Arn, Message: input }), {
        as: servicePrincipal(scope, service),
      });
      return;
    case 'logs':
      await writeLog(scope, delivery, input);
      return;
    case 'event-bus':
      forwardToBus(scope, delivery);
      return;
    case undefined:
      throw new TypeError(`there is no way to deliver to ${target.Arn}`);
    default:
      kind satisfies never;
  }
}

function sqsMessage(target: RuleTarget, input: string): SendMessageCommand {
  const place = placeOfArn(target.Arn);
  return new SendMessageCommand({
    QueueUrl: place && queueUrl(place),
    MessageBody: input,
    MessageGroupId: target.SqsParameters?.MessageGroupId,
  });
}

/** A log event is the event's text, or what an input with `timestamp` and `message` says. */
function logEventOf({ event, target }: Delivery, input: string) {
  if (target.Input === undefined && target.InputPath === undefined && !target.InputTransformer)
    return { timestamp: Date.parse(event.time), message: input };
  const parsed: unknown = JSON.parse(input);
  const { timestamp, message } = isRecord(parsed) ? parsed : {};
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : timestamp;
  if (typeof time !== 'number' || Number.isNaN(time) || typeof message !== 'string')
    throw new AwsError(
      'InvalidParameterException',
      'the input of a log group has the members timestamp and message',
    );
  return { timestamp: time, message };
}

/** Each delivery writes into a stream of its own rule and target, made when it is missing. */
async function writeLog(scope: Scope, delivery: Delivery, input: string): Promise<void> {
  const { rule, target } = delivery;
  const as = servicePrincipal(scope, service, rule.arn);
  const logGroupName = target.Arn.split(':log-group:')[1]?.replace(/:\*$/, '') ?? '';
  const logStreamName = `${rule.name}-${target.Id}`;
  const logEvents = [logEventOf(delivery, input)];
  try {
    await scope.send(new CreateLogStreamCommand({ logGroupName, logStreamName }), { as });
  } catch (error) {
    if (!isAwsError(error, 'ResourceAlreadyExistsException')) throw error;
  }
  await scope.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }), { as });
}
