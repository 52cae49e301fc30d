import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { resourceTagContext } from '../events/tags.ts';
import { snsState, type Subscription, type Topic } from './state.ts';

export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${message}`);

interface TopicPlace {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The topic that an ARN names, be it the topic's own or that of one of its subscriptions. */
function placeOf(arn: string): TopicPlace | undefined {
  const [, region, account, name] =
    /^arn:aws:sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256}(?:\.fifo)?)(?::[0-9a-f-]+)?$/.exec(
      arn,
    ) ?? [];
  return region === undefined || account === undefined || name === undefined
    ? undefined
    : { region, account, name };
}

/** @throws AwsError InvalidParameter for what is no topic of the called Region */
function requirePlace(scope: Scope, arn: string | undefined, parameter: string): TopicPlace {
  const place = placeOf(arn ?? '');
  if (place?.region !== scope.region) throw invalidParameter(`${parameter} Reason: ${arn ?? ''}`);
  return place;
}

const findTopic = (scope: Scope, place: TopicPlace): Topic | undefined =>
  snsState.in(scope.at(place)).topics.get(place.name);

/** @throws AwsError NotFound */
export function requireTopic(scope: Scope, arn: string | undefined): Topic {
  const topic = findTopic(scope, requirePlace(scope, arn, 'TopicArn'));
  if (!topic || topic.arn !== arn) throw new AwsError('NotFound', 'Topic does not exist');
  return topic;
}

export interface TopicSubscription {
  readonly topic: Topic;
  readonly subscription: Subscription;
}

/** @throws AwsError InvalidParameter for what is no subscription of the called Region */
export function findSubscription(
  scope: Scope,
  arn: string | undefined,
): TopicSubscription | undefined {
  const topic = findTopic(scope, requirePlace(scope, arn, 'SubscriptionArn'));
  const subscription = topic?.subscriptions.get(arn ?? '');
  return topic && subscription && { topic, subscription };
}

/** @throws AwsError NotFound */
export function requireSubscription(scope: Scope, arn: string | undefined): TopicSubscription {
  const found = findSubscription(scope, arn);
  if (!found) throw new AwsError('NotFound', 'Subscription does not exist');
  return found;
}

/**
 * What SNS checks for the actions on one subscription: they have no resource-level permission.
 *
 * Source: Service Authorization Reference, Amazon SNS, actions without a resource type.
 */
export const subscriptionCheck = (action: string): AccessCheck => ({
  action: `sns:${action}`,
  resource: '*',
});

/** @throws AwsError AuthorizationError for a subscription of somebody else */
export function requireOwner(call: Call, owners: readonly string[]): void {
  const account = call.caller.kind === 'service' ? undefined : call.caller.account;
  if (account === undefined || !owners.includes(account))
    throw new AwsError('AuthorizationError', 'Not authorized to access this subscription');
}

/**
 * What SNS checks for an action on a topic.
 *
 * `aws:SourceOwner`, which the default policy of a topic asks for, is known only where CloudWatch publishes for an alarm;
 * for people and roles the default policy grants nothing.
 */
export function topicCheck(
  call: Call,
  arn: string | undefined,
  action: string,
  context: AccessCheck['context'] = {},
): AccessCheck {
  const place = requirePlace(call, arn, 'TopicArn');
  const topic = findTopic(call, place);
  const { caller } = call;
  if (!topic && (caller.kind === 'service' || caller.account !== place.account))
    throw new AwsError('NotFound', 'Topic does not exist');
  return {
    action: `sns:${action}`,
    resource: `arn:aws:sns:${place.region}:${place.account}:${place.name}`,
    resourceAccount: place.account,
    resourcePolicy: topic?.policy.compiled,
    context: {
      ...resourceTagContext(topic?.tags),
      'aws:SourceOwner':
        caller.kind === 'service' && caller.service === 'cloudwatch.amazonaws.com'
          ? caller.sourceAccount
          : undefined,
      ...context,
    },
  };
}
