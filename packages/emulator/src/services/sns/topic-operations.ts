import type * as client from '@aws-sdk/client-sns';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { World } from '../../world/world.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import { addTags, describeTags, requestTagContext } from '../events/tags.ts';
import { snsState, type Topic } from './state.ts';
import { invalidParameter, requireTopic, topicCheck } from './topic-lookup.ts';
import { defaultPolicyText, readTopicPolicy } from './topic-policy.ts';

const displayNameLengthMax = 100; // SNS API reference, SetTopicAttributes, DisplayName
const topicsMax = 100_000; // SNS quotas: standard topics per account
const listSize = 100; // SNS API reference, ListTopics: up to 100 a page
/** For HTTP endpoints, which are not modelled; every topic shows it (SNS Developer Guide, "Message delivery retries"). */
const effectiveDeliveryPolicy = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});
const tagCodes = { invalid: 'InvalidParameter', tooMany: 'TagLimitExceeded' };

type Attributes = Readonly<Record<string, string>>;

function newTopic(call: Call, name: string): Topic {
  const arn = call.arn(name);
  return {
    name,
    account: call.account,
    region: call.region,
    arn,
    displayName: '',
    kmsMasterKeyId: undefined,
    signatureVersion: undefined,
    policy: readTopicPolicy(call.world, arn, defaultPolicyText(arn, call.account)),
    tags: new Map(),
    subscriptions: new Map(),
    deletedSubscriptions: 0,
  };
}

/** @throws AwsError InvalidParameter, also for attributes that are not modelled */
function setAttribute(world: World, topic: Topic, name: string, value: string): void {
  switch (name) {
    case 'DisplayName':
      if (value.length > displayNameLengthMax) throw invalidParameter('DisplayName');
      topic.displayName = value;
      return;
    case 'Policy':
      topic.policy = readTopicPolicy(world, topic.arn, value);
      return;
    case 'KmsMasterKeyId':
      topic.kmsMasterKeyId = value === '' ? undefined : value;
      return;
    case 'SignatureVersion':
      if (value !== '1' && value !== '2') throw invalidParameter('SignatureVersion');
      topic.signatureVersion = value;
      return;
    default:
      throw invalidParameter(`AttributeName Reason: ${name} is not modelled by this emulator`);
  }
}

const attributesOf = (topic: Topic): Record<string, string | undefined> => ({
  TopicArn: topic.arn,
  Owner: topic.account,
  Policy: topic.policy.text,
  DisplayName: topic.displayName,
  KmsMasterKeyId: topic.kmsMasterKeyId,
  SignatureVersion: topic.signatureVersion,
});

/** An existing topic is returned when attributes and tags that are given are what it has. */
function requireSame(call: Call, topic: Topic, attributes: Attributes, tags: client.Tag[]): void {
  const wanted = { ...newTopic(call, topic.name) };
  for (const [name, value] of Object.entries(attributes))
    setAttribute(call.world, wanted, name, value);
  const present = attributesOf(topic);
  const different = Object.keys(attributes).some(
    (name) => attributesOf(wanted)[name] !== present[name],
  );
  if (different)
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  if (tags.some(({ Key = '', Value }) => topic.tags.get(Key) !== Value))
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
}

export const createTopic = operation<
  client.CreateTopicCommandInput,
  Partial<client.CreateTopicCommandOutput>
>({
  authorize(input, call) {
    const create = {
      action: 'sns:CreateTopic',
      resource: call.arn(input.Name ?? ''),
      context: requestTagContext(input.Tags),
    };
    return input.Tags?.length ? [create, { ...create, action: 'sns:TagResource' }] : create;
  },
  run(input, call) {
    refuseUnmodelled(input, ['DataProtectionPolicy'], 'InvalidParameter');
    const { Name: name = '', Attributes: attributes = {}, Tags: tags = [] } = input;
    if (name.endsWith('.fifo') || attributes['FifoTopic'] === 'true')
      throw invalidParameter('FifoTopic Reason: FIFO topics are not modelled by this emulator');
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
    const given = Object.fromEntries(
      Object.entries(attributes).filter(
        ([attribute, value]) => attribute !== 'FifoTopic' || value !== 'false',
      ),
    );
    const { topics } = snsState.in(call);
    const existing = topics.get(name);
    if (existing) {
      requireSame(call, existing, given, tags);
      return { TopicArn: existing.arn };
    }
    if (topics.size >= topicsMax)
      throw new AwsError('TopicLimitExceeded', `An account has at most ${topicsMax} topics.`);
    const topic = newTopic(call, name);
    for (const [attribute, value] of Object.entries(given))
      setAttribute(call.world, topic, attribute, value);
    addTags(call, topic.tags, tags, tagCodes);
    topics.set(name, topic);
    return { TopicArn: topic.arn };
  },
});

export const deleteTopic = operation<
  client.DeleteTopicCommandInput,
  Partial<client.DeleteTopicCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.TopicArn, 'DeleteTopic'),
  run(input, call) {
    const name = input.TopicArn?.split(':').at(-1) ?? '';
    const account = input.TopicArn?.split(':')[4] ?? call.account;
    // Deleting what is gone is a success; the subscriptions go with the topic.
    snsState.in(call.at({ account })).topics.delete(name);
    return {};
  },
});

export const getTopicAttributes = operation<
  client.GetTopicAttributesCommandInput,
  Partial<client.GetTopicAttributesCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.TopicArn, 'GetTopicAttributes'),
  run(input, call) {
    const topic = requireTopic(call, input.TopicArn);
    const pending = [...topic.subscriptions.values()].filter(({ isPending }) => isPending).length;
    const all: Record<string, string | undefined> = {
      ...attributesOf(topic),
      Policy: topic.policy.show(),
      EffectiveDeliveryPolicy: effectiveDeliveryPolicy,
      SubscriptionsPending: String(pending),
      SubscriptionsConfirmed: String(topic.subscriptions.size - pending),
      SubscriptionsDeleted: String(topic.deletedSubscriptions),
    };
    return {
      Attributes: Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      ),
    };
  },
});

export const setTopicAttributes = operation<
  client.SetTopicAttributesCommandInput,
  Partial<client.SetTopicAttributesCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.TopicArn, 'SetTopicAttributes'),
  run(input, call) {
    const topic = requireTopic(call, input.TopicArn);
    setAttribute(call.world, topic, input.AttributeName ?? '', input.AttributeValue ?? '');
    return {};
  },
});

export const listTopics = operation<
  client.ListTopicsCommandInput,
  Partial<client.ListTopicsCommandOutput>
>({
  // ListTopics has no resource-level permission.
  authorize: () => ({ action: 'sns:ListTopics', resource: '*' }),
  run(input, call) {
    const page = paginate(call, snsState.in(call).topics.values(), {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: undefined,
      sizeMax: listSize,
      invalidToken: 'InvalidParameter',
    });
    return { Topics: page.items.map(({ arn }) => ({ TopicArn: arn })), NextToken: page.nextToken };
  },
});

const noResource = (error: unknown): unknown =>
  error instanceof AwsError && error.code === 'NotFound'
    ? new AwsError('ResourceNotFound', 'Resource does not exist')
    : error;

function tagsOf(call: Call, arn: string | undefined): Map<string, string> {
  try {
    return requireTopic(call, arn).tags;
  } catch (error) {
    throw noResource(error);
  }
}

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    topicCheck(call, input.ResourceArn, 'TagResource', requestTagContext(input.Tags)),
  run(input, call) {
    addTags(call, tagsOf(call, input.ResourceArn), input.Tags, tagCodes);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    topicCheck(call, input.ResourceArn, 'UntagResource', { 'aws:TagKeys': input.TagKeys }),
  run(input, call) {
    const tags = tagsOf(call, input.ResourceArn);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.ResourceArn, 'ListTagsForResource'),
  run: (input, call) => ({ Tags: describeTags(tagsOf(call, input.ResourceArn)) }),
});
