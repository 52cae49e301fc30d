import type * as client from '@aws-sdk/client-sns';
import { accountOfArn } from '../../iam/arn-match.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { placeOfArn } from '../sqs/queue-lookup.ts';
import { mailConfirmation } from './inbox.ts';
import { snsState, type Protocol, type Subscription, type Topic } from './state.ts';
import { setSubscriptionAttribute, subscriptionAttributes } from './subscription-attributes.ts';
import {
  findSubscription,
  invalidParameter,
  requireOwner,
  requireSubscription,
  requireTopic,
  subscriptionCheck,
  topicCheck,
} from './topic-lookup.ts';

const listSize = 100; // SNS API reference, ListSubscriptions: up to 100 a page
const pendingMs = 2 * 24 * 3_600_000; // SNS API reference, ConfirmSubscription: tokens are valid for two days

const functionArn =
  /^arn:aws:lambda:([a-z0-9-]+):\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$/;

/** @throws AwsError InvalidParameter */
function readEndpoint(
  call: Call,
  input: client.SubscribeCommandInput,
): { protocol: Protocol; endpoint: string } {
  const { Protocol: protocol, Endpoint: endpoint = '' } = input;
  switch (protocol) {
    case 'lambda':
      if (!functionArn.test(endpoint)) throw invalidParameter('Lambda endpoint ARN');
      break;
    case 'sqs': {
      const place = placeOfArn(endpoint);
      if (!place) throw invalidParameter('SQS endpoint ARN');
      if (place.name.endsWith('.fifo'))
        throw invalidParameter(
          'Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
        );
      break;
    }
    case 'email':
      if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(endpoint)) throw invalidParameter('Email address');
      return { protocol, endpoint };
    default:
      throw invalidParameter(
        `Protocol Reason: ${protocol ?? ''} is not modelled by this emulator, which knows lambda, sqs and email`,
      );
  }
  const account = call.caller.kind === 'service' ? undefined : call.caller.account;
  if (accountOfArn(endpoint) !== account)
    throw invalidParameter(
      'Endpoint Reason: the confirmation by an endpoint of another account is not modelled by this emulator',
    );
  return { protocol, endpoint };
}

function requireSame(existing: Subscription, attributes: Readonly<Record<string, string>>): void {
  const present = subscriptionAttributes(existing);
  const different = Object.entries(attributes).some(
    ([name, value]) => (present[name] ?? '') !== value,
  );
  if (different)
    throw invalidParameter(
      'Attributes Reason: Subscription already exists with different attributes',
    );
}

export const subscribe = operation<
  client.SubscribeCommandInput,
  Partial<client.SubscribeCommandOutput>
>({
  authorize: (input, call) =>
    topicCheck(call, input.TopicArn, 'Subscribe', {
      'sns:Protocol': input.Protocol,
      'sns:Endpoint': input.Endpoint,
    }),
  run(input, call) {
    const topic = requireTopic(call, input.TopicArn);
    const { protocol, endpoint } = readEndpoint(call, input);
    const attributes = input.Attributes ?? {};
    const existing = [...topic.subscriptions.values()].find(
      (other) => other.protocol === protocol && other.endpoint === endpoint,
    );
    if (existing) {
      requireSame(existing, attributes);
      // Asking once more sends another mail.
      if (existing.isPending) mailConfirmation(scopeOf(call, topic), existing);
      return answer(existing, input);
    }
    const id = call.uuid('subscription');
    const subscription: Subscription = {
      arn: `${topic.arn}:${id}`,
      topicArn: topic.arn,
      owner: call.caller.kind === 'service' ? topic.account : call.caller.account,
      protocol,
      endpoint,
      principalArn: call.caller.kind === 'service' ? undefined : call.caller.arn,
      isPending: protocol === 'email',
      isAuthenticated: protocol !== 'email',
      token: call.hex('token', 64),
      rawMessageDelivery: false,
      filterText: undefined,
      filter: undefined,
      filterScope: 'MessageAttributes',
      redriveText: undefined,
      deadLetterQueueArn: undefined,
    };
    // The scope decides how a filter policy is read.
    for (const name of Object.keys(attributes).sort().reverse())
      setSubscriptionAttribute({ topic, subscription }, name, attributes[name] ?? '');
    topic.subscriptions.set(subscription.arn, subscription);
    if (subscription.isPending) awaitConfirmation(call, topic, subscription);
    return answer(subscription, input);
  },
});

const answer = (subscription: Subscription, input: client.SubscribeCommandInput) => ({
  SubscriptionArn:
    subscription.isPending && input.ReturnSubscriptionArn !== true
      ? 'pending confirmation'
      : subscription.arn,
});

const scopeOf = (call: Call, topic: Topic): Scope =>
  call.at({ account: topic.account, service: 'sns' });

function awaitConfirmation(call: Call, topic: Topic, subscription: Subscription): void {
  const scope = scopeOf(call, topic);
  mailConfirmation(scope, subscription);
  scope.after(pendingMs, 'subscription expiry', () => {
    if (subscription.isPending) topic.subscriptions.delete(subscription.arn);
  });
}

export const confirmSubscription = operation<
  client.ConfirmSubscriptionCommandInput,
  Partial<client.ConfirmSubscriptionCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.TopicArn, 'ConfirmSubscription'),
  run(input, call) {
    const topic = requireTopic(call, input.TopicArn);
    const subscription = [...topic.subscriptions.values()].find(
      ({ token }) => token === input.Token,
    );
    if (!subscription) throw invalidParameter('Token');
    subscription.isPending = false;
    subscription.isAuthenticated ||= input.AuthenticateOnUnsubscribe === 'true';
    return { SubscriptionArn: subscription.arn };
  },
});

export const unsubscribe = operation<
  client.UnsubscribeCommandInput,
  Partial<client.UnsubscribeCommandOutput>
>({
  authorize: () => subscriptionCheck('Unsubscribe'),
  run(input, call) {
    const found = findSubscription(call, input.SubscriptionArn);
    // Unsubscribing what is gone is a success.
    if (!found) return {};
    const { topic, subscription } = found;
    requireOwner(call, [topic.account, subscription.owner]);
    if (subscription.isPending)
      throw invalidParameter('SubscriptionArn Reason: a pending subscription cannot be deleted');
    topic.subscriptions.delete(subscription.arn);
    topic.deletedSubscriptions += 1;
    return {};
  },
});

export const getSubscriptionAttributes = operation<
  client.GetSubscriptionAttributesCommandInput,
  Partial<client.GetSubscriptionAttributesCommandOutput>
>({
  authorize: () => subscriptionCheck('GetSubscriptionAttributes'),
  run(input, call) {
    const { subscription } = requireSubscription(call, input.SubscriptionArn);
    requireOwner(call, [subscription.owner]);
    return { Attributes: subscriptionAttributes(subscription) };
  },
});

export const setSubscriptionAttributes = operation<
  client.SetSubscriptionAttributesCommandInput,
  Partial<client.SetSubscriptionAttributesCommandOutput>
>({
  authorize: () => subscriptionCheck('SetSubscriptionAttributes'),
  run(input, call) {
    const found = requireSubscription(call, input.SubscriptionArn);
    requireOwner(call, [found.subscription.owner]);
    setSubscriptionAttribute(found, input.AttributeName ?? '', input.AttributeValue ?? '');
    return {};
  },
});

function pageOf(call: Call, subscriptions: readonly Subscription[], token: string | undefined) {
  const page = paginate(call, subscriptions, {
    keyOf: ({ arn }) => arn,
    token,
    size: undefined,
    sizeMax: listSize,
    invalidToken: 'InvalidParameter',
  });
  return {
    Subscriptions: page.items.map((subscription) => ({
      SubscriptionArn: subscription.isPending ? 'PendingConfirmation' : subscription.arn,
      Owner: subscription.owner,
      Protocol: subscription.protocol,
      Endpoint: subscription.endpoint,
      TopicArn: subscription.topicArn,
    })),
    NextToken: page.nextToken,
  };
}

export const listSubscriptions = operation<
  client.ListSubscriptionsCommandInput,
  Partial<client.ListSubscriptionsCommandOutput>
>({
  // ListSubscriptions has no resource-level permission.
  authorize: () => ({ action: 'sns:ListSubscriptions', resource: '*' }),
  run(input, call) {
    // The caller's own subscriptions, whoever owns the topics.
    const own = snsState
      .all(call.world)
      .filter(({ region }) => region === call.region)
      .flatMap(({ state }) => [...state.topics.values()])
      .flatMap(({ subscriptions }) => [...subscriptions.values()])
      .filter(({ owner }) => owner === call.account);
    return pageOf(call, own, input.NextToken);
  },
});

export const listSubscriptionsByTopic = operation<
  client.ListSubscriptionsByTopicCommandInput,
  Partial<client.ListSubscriptionsByTopicCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.TopicArn, 'ListSubscriptionsByTopic'),
  run(input, call) {
    const { subscriptions } = requireTopic(call, input.TopicArn);
    return pageOf(call, [...subscriptions.values()], input.NextToken);
  },
});
