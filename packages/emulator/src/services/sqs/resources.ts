import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { requireAbsent } from '../../cloudformation/require-absent.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { placeOfUrl, queueArn } from './queue-lookup.ts';

/** Properties that are attributes, with what an update sets when a property goes away. */
const attributeDefaults: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  DelaySeconds: '0',
  FifoThroughputLimit: 'perQueue',
  KmsDataKeyReusePeriodSeconds: '300',
  KmsMasterKeyId: '',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const attributesOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    Object.keys(attributeDefaults)
      .filter((name) => properties[name] !== undefined)
      .map((name) => [name, asText(properties[name])]),
  );

const isFifo = (properties: Properties): boolean => asText(properties['FifoQueue']) === 'true';

const isMissing = (error: unknown): boolean => isAwsError(error, 'QueueDoesNotExist');

function provisioned(url: string, deployment: Deployment): Provisioned {
  const place = placeOfUrl(deployment, url);
  return {
    physicalId: url,
    attributes: { Arn: queueArn(place), QueueName: place.name, QueueUrl: url },
  };
}

/** CreateQueue would return an equal queue; CloudFormation refuses a name that is taken. */
const requireFreeName = (name: string, deployment: Deployment): Promise<void> =>
  requireAbsent(deployment.call(new GetQueueUrlCommand({ QueueName: name })), {
    isMissing,
    type: 'AWS::SQS::Queue',
    identifier: name,
  });

/** CloudFormation's own tags are no cost-allocation tags of a queue and stay readable with it. */
async function updateTags(
  url: string,
  deployment: Deployment,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const gone = Object.keys(deployment.tags(previous['Tags'])).filter((key) => !(key in wanted));
  if (gone.length > 0)
    await deployment.call(new UntagQueueCommand({ QueueUrl: url, TagKeys: gone }));
  await deployment.call(new TagQueueCommand({ QueueUrl: url, Tags: wanted }));
}

export const queueResource: ResourceProvider = {
  type: 'AWS::SQS::Queue',
  properties: [...Object.keys(attributeDefaults), 'FifoQueue', 'QueueName', 'Tags'],
  required: [],
  createOnly: ['FifoQueue', 'QueueName'],
  async create(properties, deployment) {
    const suffix = isFifo(properties) ? '.fifo' : '';
    const given = properties['QueueName'];
    const QueueName =
      given === undefined ? deployment.generateName({ lengthMax: 80, suffix }) : asText(given);
    await requireFreeName(QueueName, deployment);
    const { QueueUrl = '' } = await deployment.call(
      new CreateQueueCommand({
        QueueName,
        Attributes: {
          ...attributesOf(properties),
          ...(properties['FifoQueue'] === undefined
            ? {}
            : { FifoQueue: asText(properties['FifoQueue']) }),
        },
        tags: deployment.tags(properties['Tags']),
      }),
    );
    return provisioned(QueueUrl, deployment);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const wanted = attributesOf(properties);
    const changed = Object.fromEntries(
      Object.entries(attributesOf(previous))
        .filter(([name]) => !(name in wanted))
        .map(([name]) => [name, attributeDefaults[name] ?? '']),
    );
    // With a key of KMS there is no reuse period or managed encryption to fall back to.
    if ('KmsMasterKeyId' in changed) delete changed['KmsDataKeyReusePeriodSeconds'];
    if ('KmsMasterKeyId' in wanted) delete changed['SqsManagedSseEnabled'];
    await deployment.call(
      new SetQueueAttributesCommand({
        QueueUrl: physicalId,
        Attributes: { ...changed, ...wanted },
      }),
    );
    await updateTags(physicalId, deployment, properties, previous);
    return provisioned(physicalId, deployment);
  },
  async delete(physicalId, deployment) {
    try {
      await deployment.call(new DeleteQueueCommand({ QueueUrl: physicalId }));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  },
};

const queueUrls = (properties: Properties): readonly string[] =>
  Array.isArray(properties['Queues']) ? properties['Queues'].map(String) : [];

async function setPolicy(deployment: Deployment, url: string, policy: unknown): Promise<void> {
  const Policy = policy === undefined ? '' : asText(policy);
  await deployment.call(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
}

async function removePolicies(deployment: Deployment, urls: readonly string[]): Promise<void> {
  for (const url of urls)
    try {
      await setPolicy(deployment, url, undefined);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
}

export const queuePolicyResource: ResourceProvider = {
  type: 'AWS::SQS::QueuePolicy',
  properties: ['PolicyDocument', 'Queues'],
  required: ['PolicyDocument', 'Queues'],
  createOnly: [],
  async create(properties, deployment) {
    for (const url of queueUrls(properties))
      await setPolicy(deployment, url, properties['PolicyDocument']);
    const physicalId = deployment.generateName({ lengthMax: 80 });
    return { physicalId, attributes: { Id: physicalId } };
  },
  async update(properties, deployment, { physicalId, previous }) {
    const urls = queueUrls(properties);
    for (const url of urls) await setPolicy(deployment, url, properties['PolicyDocument']);
    await removePolicies(
      deployment,
      queueUrls(previous).filter((url) => !urls.includes(url)),
    );
    return { physicalId, attributes: { Id: physicalId } };
  },
  async delete(_, deployment, { properties }) {
    await removePolicies(deployment, queueUrls(properties));
  },
};
