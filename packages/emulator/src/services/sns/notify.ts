import { InvokeCommand } from '@aws-sdk/client-lambda';
import { splitArn } from '../../iam/arn-match.ts';
import { isAwsError, type AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { isRecord } from '../../wire/scalars.ts';
import { judge } from '../events/delivery-errors.ts';
import { servicePrincipal } from '../events/service-principal.ts';
import { mailNotification } from './inbox.ts';
import { filterable, type Message } from './message.ts';
import { count } from './metrics.ts';
import { lambdaEvent, queueMessage, type Notification } from './notification.ts';
import type { Subscription, Topic } from './state.ts';

// SNS states no latency; most deliveries take a fraction of a second.
const deliveryMsMin = 100;
const deliveryMsMax = 2_000;

/** Sends a message to every confirmed subscription whose filter it passes, each on its own and sometimes twice. */
export function notifyAll(scope: Scope, topic: Topic, message: Message): void {
  for (const subscription of topic.subscriptions.values()) {
    if (subscription.isPending) continue;
    if (!passes(subscription, message)) {
      count(scope, topic, 'NumberOfNotificationsFilteredOut');
      continue;
    }
    const copies = scope.chance('duplicate') < scope.world.settings.duplicateShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = scope.between('delivery', deliveryMsMin, deliveryMsMax) + scope.lateMs();
      scope.after(delayMs, 'notification', () =>
        deliver(scope, { topic, subscription, message }, 0),
      );
    }
  }
}

/** A body that is no JSON object passes no filter on the body. */
function passes({ filter, filterScope }: Subscription, message: Message): boolean {
  if (!filter) return true;
  if (filterScope === 'MessageAttributes') return filter.matches(filterable(message.attributes));
  try {
    const body: unknown = JSON.parse(message.defaultText);
    return isRecord(body) && filter.matches(body);
  } catch {
    return false;
  }
}

async function deliver(scope: Scope, notification: Notification, attempts: number): Promise<void> {
  const { topic, subscription, message } = notification;
  // A subscription that ended meanwhile gets nothing any more.
  if (topic.subscriptions.get(subscription.arn) !== subscription) return;
  try {
    await send(scope, notification);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    await fail(scope, notification, attempts, error);
    return;
  }
  count(scope, topic, 'NumberOfNotificationsDelivered');
  scope.record('notification-delivered', {
    topic: topic.arn,
    endpoint: subscription.endpoint,
    messageId: message.id,
  });
}

async function send(scope: Scope, notification: Notification): Promise<void> {
  const { topic, subscription, message } = notification;
  const { endpoint, protocol } = subscription;
  const as = servicePrincipal(scope, 'sns.amazonaws.com', topic.arn);
  const [, , , region = scope.region, account = scope.account] = splitArn(endpoint) ?? [];
  switch (protocol) {
    case 'lambda':
      await scope.send(
        new InvokeCommand({
          FunctionName: endpoint,
          InvocationType: 'Event',
          Payload: Buffer.from(lambdaEvent(notification)),
        }),
        { as, region, account },
      );
      return;
    case 'sqs':
      await scope.send(queueMessage(notification, endpoint), { as, region, account });
      return;
    case 'email':
      mailNotification(scope, subscription, {
        subject: message.subject,
        body: message.textFor('email'),
      });
      return;
    default:
      protocol satisfies never;
  }
}

/**
 * How long SNS waits before it tries an AWS endpoint again; undefined when it gives up.
 *
 * Source: SNS Developer Guide, "Message delivery retries": 3 at once, 2 after a second each, 10 with a back-off of 1 to
 * 20 seconds, 100,000 after 20 seconds each.
 */
export function retryDelayMs(attempts: number): number | undefined {
  if (attempts < 3) return 0;
  if (attempts < 5) return 1_000;
  if (attempts < 15) return Math.min(20_000, 1_000 * 2 ** (attempts - 5));
  return attempts < 100_015 ? 20_000 : undefined;
}

/** Endpoints that are missing or refuse are not tried again; all others for weeks. */
async function fail(
  scope: Scope,
  notification: Notification,
  attempts: number,
  error: AwsError,
): Promise<void> {
  const { topic, subscription, message } = notification;
  const delay = judge(error).isRetried ? retryDelayMs(attempts) : undefined;
  if (delay !== undefined) {
    scope.after(delay, 'notification', () => deliver(scope, notification, attempts + 1));
    return;
  }
  count(scope, topic, 'NumberOfNotificationsFailed');
  scope.record('delivery-failed', {
    topic: topic.arn,
    endpoint: subscription.endpoint,
    messageId: message.id,
    code: error.code,
    message: error.message,
  });
  const arn = subscription.deadLetterQueueArn;
  if (arn === undefined) return;
  const [, , , region = scope.region, account = scope.account] = splitArn(arn) ?? [];
  try {
    await scope.send(queueMessage(notification, arn), {
      as: servicePrincipal(scope, 'sns.amazonaws.com', topic.arn),
      region,
      account,
    });
    count(scope, topic, 'NumberOfNotificationsRedrivenToDlq');
    scope.record('dead-letter-sent', { queue: arn, messageId: message.id });
  } catch (deadLetterError) {
    if (!isAwsError(deadLetterError)) throw deadLetterError;
    count(scope, topic, 'NumberOfNotificationsFailedToRedriveToDlq');
    scope.record('dead-letter-failed', { queue: arn, code: deadLetterError.code });
  }
}
