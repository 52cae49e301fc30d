import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import { judge, type DeliveryFailure } from './delivery-errors.ts';
import type { EventEnvelope } from './publish.ts';
import { countForRule as count } from './rule-metrics.ts';
import { sendToTarget } from './send-to-target.ts';
import { servicePrincipal } from './service-principal.ts';
import type { Rule, RuleTarget } from './state.ts';
import { targetInput } from './target-input.ts';

/** One event on its way to one target. */
export interface Delivery {
  readonly rule: Rule;
  readonly target: RuleTarget;
  readonly event: EventEnvelope;
  /** ISO 8601. */
  readonly ingestedAt: string;
  readonly matchedAt: number;
  /** Tries so far. */
  readonly attempts: number;
}

// EventBridge API reference, RetryPolicy: 24 hours and 185 times unless the target says otherwise.
const retryAttemptsDefault = 185;
const eventAgeSecondsDefault = 86_400;
// The back-off is exponential with jitter; AWS states no figures.
const backOffMsMin = 1_000;
const backOffMsMax = 600_000;

/** Tries once; what can still succeed is tried again later, what cannot goes to the dead-letter queue. */
export async function deliver(scope: Scope, delivery: Delivery): Promise<void> {
  const { rule, target, event, ingestedAt, attempts } = delivery;
  count(scope, rule, attempts === 0 ? 'Invocations' : 'RetryInvocationAttempts');
  const input = targetInput(rule, target, event, ingestedAt);
  try {
    if (input === undefined) {
      const message = 'the input path or template makes no JSON of this event';
      await fail(scope, delivery, { code: 'INVALID_JSON', message, isRetried: false });
      return;
    }
    await sendToTarget(scope, delivery, input);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    await fail(scope, delivery, judge(error));
    return;
  }
  scope.record('event-delivered', { rule: rule.arn, target: target.Arn, eventId: event.id });
}

async function fail(scope: Scope, delivery: Delivery, failure: DeliveryFailure): Promise<void> {
  const { rule, target, event, attempts, matchedAt } = delivery;
  const { RetryPolicy: policy = {} } = target;
  const backOff = Math.min(backOffMsMax, backOffMsMin * 2 ** Math.min(attempts, 20));
  const wait = scope.between('back-off', Math.ceil(backOff / 2), backOff);
  const ageMs = (policy.MaximumEventAgeInSeconds ?? eventAgeSecondsDefault) * 1000;
  const exhausted =
    attempts >= (policy.MaximumRetryAttempts ?? retryAttemptsDefault)
      ? 'MaximumRetryAttempts'
      : scope.now + wait - matchedAt > ageMs
        ? 'MaximumEventAgeInSeconds'
        : undefined;
  if (failure.isRetried && exhausted === undefined) {
    scope.after(wait, 'event delivery', () =>
      deliver(scope, { ...delivery, attempts: attempts + 1 }),
    );
    return;
  }
  count(scope, rule, 'FailedInvocations');
  scope.record('event-delivery-failed', {
    rule: rule.arn,
    target: target.Arn,
    eventId: event.id,
    code: failure.code,
    message: failure.message,
  });
  await sendToDeadLetters(scope, delivery, {
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    ...(failure.isRetried && exhausted !== undefined
      ? { EXHAUSTED_RETRY_CONDITION: exhausted }
      : {}),
    RETRY_ATTEMPTS: String(attempts),
    RULE_ARN: rule.arn,
    TARGET_ARN: target.Arn,
  });
}

/** The queue gets the event as it was matched, not what the target would have got. */
async function sendToDeadLetters(
  scope: Scope,
  { rule, target, event }: Delivery,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const arn = target.DeadLetterConfig?.Arn;
  const place = placeOfArn(arn ?? '');
  if (!place) return;
  try {
    await scope.send(
      new SendMessageCommand({
        QueueUrl: queueUrl(place),
        MessageBody: JSON.stringify(event),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      }),
      { as: servicePrincipal(scope, 'events.amazonaws.com', rule.arn), region: place.region },
    );
    count(scope, rule, 'InvocationsSentToDlq');
  } catch (error) {
    if (!isAwsError(error)) throw error;
    count(scope, rule, 'InvocationsFailedToBeSentToDlq');
    scope.record('dead-letter-failed', { queue: arn, eventId: event.id, code: error.code });
  }
}
