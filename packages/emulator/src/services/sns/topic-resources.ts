import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
  type Subscription,
} from '@aws-sdk/client-sns';
import * as v from 'valibot';
import {
  NotReadyYet,
  type Deployment,
  type Properties,
  type Provisioned,
  type ResourceProvider,
} from '../../cloudformation/provider.ts';
import { readProperties, textProperty } from '../../cloudformation/read-properties.ts';
import { requireAbsent } from '../../cloudformation/require-absent.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { tagList, text } from '../events/resource-properties.ts';
import { defaultPolicyText, principalNotFound } from './topic-policy.ts';

/** Properties that are attributes, with what an update sets when a property goes away. */
const attributeDefaults: Readonly<Record<string, string>> = {
  DisplayName: '',
  KmsMasterKeyId: '',
  SignatureVersion: '1',
};
const pagesMax = 1000; // a walk over the subscriptions of one topic

const attributesOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    Object.keys(attributeDefaults).flatMap((name) => {
      const value = text(properties[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );

interface Endpoint {
  readonly Protocol: string;
  readonly Endpoint: string;
}

const endpointsSchema = v.array(v.strictObject({ Endpoint: textProperty, Protocol: textProperty }));

function endpointsOf(properties: Properties): readonly Endpoint[] {
  const { Subscription } = readProperties(
    v.object({ Subscription: v.optional(endpointsSchema, []) }),
    properties,
  );
  return Subscription;
}

const isSame = (a: Subscription, b: Endpoint): boolean =>
  a.Protocol === b.Protocol && a.Endpoint === b.Endpoint;

const provisioned = (arn: string): Provisioned => ({
  physicalId: arn,
  attributes: { TopicArn: arn, TopicName: arn.split(':').at(-1) ?? '' },
});

/** CreateTopic would return an equal topic; CloudFormation refuses a name that is taken. */
const requireFreeName = (arn: string, deployment: Deployment): Promise<void> =>
  requireAbsent(deployment.call(new GetTopicAttributesCommand({ TopicArn: arn })), {
    isMissing: (error) => isAwsError(error, 'NotFound'),
    type: 'AWS::SNS::Topic',
    identifier: arn,
  });

async function unsubscribeGone(
  deployment: Deployment,
  arn: string,
  gone: readonly Endpoint[],
): Promise<void> {
  let token: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const { Subscriptions = [], NextToken } = await deployment.call(
      new ListSubscriptionsByTopicCommand({ TopicArn: arn, NextToken: token }),
    );
    for (const subscription of Subscriptions)
      if (
        gone.some((endpoint) => isSame(subscription, endpoint)) &&
        subscription.SubscriptionArn !== 'PendingConfirmation'
      )
        await deployment.call(
          new UnsubscribeCommand({ SubscriptionArn: subscription.SubscriptionArn }),
        );
    if (NextToken === undefined) return;
    token = NextToken;
  }
}

async function updateTags(
  deployment: Deployment,
  arn: string,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const before = deployment.previousTags(previous['Tags']);
  const gone = Object.keys(before).filter((key) => !(key in wanted));
  if (gone.length > 0)
    await deployment.call(new UntagResourceCommand({ ResourceArn: arn, TagKeys: gone }));
  await deployment.call(new TagResourceCommand({ ResourceArn: arn, Tags: tagList(wanted) }));
}

export const topicResource: ResourceProvider = {
  type: 'AWS::SNS::Topic',
  properties: [...Object.keys(attributeDefaults), 'Subscription', 'Tags', 'TopicName'],
  required: [],
  createOnly: ['TopicName'],
  attributes: ['TopicArn', 'TopicName'],
  async create(properties, deployment) {
    const Name = text(properties['TopicName']) ?? deployment.generateName({ lengthMax: 256 });
    await requireFreeName(deployment.arn(Name, { service: 'sns' }), deployment);
    const { TopicArn = '' } = await deployment.call(
      new CreateTopicCommand({
        Name,
        Attributes: attributesOf(properties),
        Tags: tagList(deployment.tags(properties['Tags'])),
      }),
    );
    for (const endpoint of endpointsOf(properties))
      await deployment.call(new SubscribeCommand({ TopicArn, ...endpoint }));
    return provisioned(TopicArn);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const wanted = attributesOf(properties);
    for (const [AttributeName, standard] of Object.entries(attributeDefaults)) {
      const AttributeValue = wanted[AttributeName] ?? standard;
      if (AttributeValue !== (attributesOf(previous)[AttributeName] ?? standard))
        await deployment.call(
          new SetTopicAttributesCommand({ TopicArn: physicalId, AttributeName, AttributeValue }),
        );
    }
    const [endpoints, before] = [endpointsOf(properties), endpointsOf(previous)];
    for (const endpoint of endpoints)
      if (!before.some((other) => isSame(other, endpoint)))
        await deployment.call(new SubscribeCommand({ TopicArn: physicalId, ...endpoint }));
    const gone = before.filter((other) => !endpoints.some((endpoint) => isSame(endpoint, other)));
    if (gone.length > 0) await unsubscribeGone(deployment, physicalId, gone);
    await updateTags(deployment, physicalId, properties, previous);
    return provisioned(physicalId);
  },
  async delete(physicalId, deployment) {
    await deployment.call(new DeleteTopicCommand({ TopicArn: physicalId }));
  },
};

const topicsOf = (properties: Properties): readonly string[] =>
  (Array.isArray(properties['Topics']) ? properties['Topics'] : []).map(String);

/** Users and roles that were just made are not yet known everywhere: CloudFormation tries such a policy again. */
async function setPolicy(deployment: Deployment, arn: string, policy: unknown): Promise<void> {
  try {
    await deployment.call(
      new SetTopicAttributesCommand({
        TopicArn: arn,
        AttributeName: 'Policy',
        AttributeValue: text(policy) ?? '',
      }),
    );
  } catch (error) {
    // AWS tells a missing principal by this text only.
    if (isAwsError(error) && error.message === principalNotFound)
      throw new NotReadyYet(error.message);
    throw error;
  }
}

/** SNS knows no topic without a policy; CloudFormation sets the default one again. */
async function resetPolicies(deployment: Deployment, arns: readonly string[]): Promise<void> {
  for (const arn of arns)
    try {
      await setPolicy(deployment, arn, defaultPolicyText(arn, deployment.account));
    } catch (error) {
      if (!isAwsError(error, 'NotFound')) throw error;
    }
}

export const topicPolicyResource: ResourceProvider = {
  type: 'AWS::SNS::TopicPolicy',
  properties: ['PolicyDocument', 'Topics'],
  required: ['PolicyDocument', 'Topics'],
  createOnly: [],
  attributes: ['Id'],
  async create(properties, deployment) {
    for (const arn of topicsOf(properties))
      await setPolicy(deployment, arn, properties['PolicyDocument']);
    const physicalId = deployment.generateName({ lengthMax: 80 });
    return { physicalId, attributes: { Id: physicalId } };
  },
  async update(properties, deployment, { physicalId, previous }) {
    const arns = topicsOf(properties);
    for (const arn of arns) await setPolicy(deployment, arn, properties['PolicyDocument']);
    await resetPolicies(
      deployment,
      topicsOf(previous).filter((arn) => !arns.includes(arn)),
    );
    return { physicalId, attributes: { Id: physicalId } };
  },
  async delete(_, deployment, { properties }) {
    await resetPolicies(deployment, topicsOf(properties));
  },
};
