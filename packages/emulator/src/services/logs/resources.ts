import * as client from '@aws-sdk/client-cloudwatch-logs';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { readServiceModel } from '../../wire/model.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';

const model = readServiceModel(client);
const nameLengthMax = 512; // CloudWatch Logs API Reference, CreateLogGroup

const isMissing = (error: unknown): boolean => isAwsError(error, 'ResourceNotFoundException');

async function unlessMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const numberOf = (value: unknown): number | undefined =>
  value === undefined ? undefined : Number(value);

const groupArn = (deployment: Deployment, name: string): string =>
  deployment.arn(`log-group:${name}`, { service: 'logs' });

const provisionedGroup = (deployment: Deployment, name: string): Provisioned => ({
  physicalId: name,
  attributes: { Arn: `${groupArn(deployment, name)}:*` },
});

const groupClasses: readonly client.LogGroupClass[] = ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'];

const logGroup: ResourceProvider = {
  type: 'AWS::Logs::LogGroup',
  properties: [
    'KmsKeyId',
    'LogGroupClass',
    'LogGroupName',
    'ResourcePolicyDocument',
    'RetentionInDays',
    'Tags',
  ],
  required: [],
  createOnly: ['LogGroupClass', 'LogGroupName'],
  attributes: ['Arn'],
  async create(properties, deployment) {
    const name =
      textOf(properties['LogGroupName']) ?? deployment.generateName({ lengthMax: nameLengthMax });
    const kmsKeyId = textOf(properties['KmsKeyId']);
    const logGroupClass = groupClasses.find((known) => known === properties['LogGroupClass']);
    await deployment.call(
      new client.CreateLogGroupCommand({
        logGroupName: name,
        tags: deployment.tags(properties['Tags']),
        ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
        ...(logGroupClass === undefined ? {} : { logGroupClass }),
      }),
    );
    await setRetention(deployment, name, numberOf(properties['RetentionInDays']));
    await setPolicy(deployment, name, properties['ResourcePolicyDocument']);
    return provisionedGroup(deployment, name);
  },
  async update(properties, deployment, { physicalId, previous }) {
    if (properties['RetentionInDays'] === undefined && previous['RetentionInDays'] !== undefined)
      await deployment.call(new client.DeleteRetentionPolicyCommand({ logGroupName: physicalId }));
    await setRetention(deployment, physicalId, numberOf(properties['RetentionInDays']));
    await updateKey(deployment, physicalId, { properties, previous });
    if (properties['ResourcePolicyDocument'] !== undefined)
      await setPolicy(deployment, physicalId, properties['ResourcePolicyDocument']);
    else if (previous['ResourcePolicyDocument'] !== undefined)
      await unlessMissing(
        deployment.call(
          new client.DeleteResourcePolicyCommand({ resourceArn: groupArn(deployment, physicalId) }),
        ),
      );
    await updateTags(deployment, physicalId, { properties, previous });
    return provisionedGroup(deployment, physicalId);
  },
  delete: (physicalId, deployment) =>
    unlessMissing(deployment.call(new client.DeleteLogGroupCommand({ logGroupName: physicalId }))),
};

async function setRetention(
  deployment: Deployment,
  name: string,
  days: number | undefined,
): Promise<void> {
  if (days === undefined) return;
  await deployment.call(
    new client.PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days }),
  );
}

async function setPolicy(deployment: Deployment, name: string, document: unknown): Promise<void> {
  if (document === undefined) return;
  await deployment.call(
    new client.PutResourcePolicyCommand({
      resourceArn: groupArn(deployment, name),
      policyDocument: typeof document === 'string' ? document : JSON.stringify(document),
    }),
  );
}

interface Change {
  readonly properties: Properties;
  readonly previous: Properties;
}

async function updateKey(
  deployment: Deployment,
  name: string,
  { properties, previous }: Change,
): Promise<void> {
  const key = textOf(properties['KmsKeyId']);
  if (key === textOf(previous['KmsKeyId'])) return;
  await deployment.call(
    key === undefined
      ? new client.DisassociateKmsKeyCommand({ logGroupName: name })
      : new client.AssociateKmsKeyCommand({ logGroupName: name, kmsKeyId: key }),
  );
}

async function updateTags(
  deployment: Deployment,
  name: string,
  { properties, previous }: Change,
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const gone = Object.keys(deployment.tags(previous['Tags'])).filter((key) => !(key in wanted));
  const resourceArn = groupArn(deployment, name);
  if (gone.length > 0)
    await deployment.call(new client.UntagResourceCommand({ resourceArn, tagKeys: gone }));
  await deployment.call(new client.TagResourceCommand({ resourceArn, tags: wanted }));
}

const logStream: ResourceProvider = {
  type: 'AWS::Logs::LogStream',
  properties: ['LogGroupName', 'LogStreamName'],
  required: ['LogGroupName'],
  createOnly: ['LogGroupName', 'LogStreamName'],
  attributes: [],
  async create(properties, deployment) {
    const name =
      textOf(properties['LogStreamName']) ?? deployment.generateName({ lengthMax: nameLengthMax });
    await deployment.call(
      new client.CreateLogStreamCommand({
        logGroupName: String(properties['LogGroupName']),
        logStreamName: name,
      }),
    );
    return { physicalId: name, attributes: {} };
  },
  delete: (physicalId, deployment, { properties }) =>
    unlessMissing(
      deployment.call(
        new client.DeleteLogStreamCommand({
          logGroupName: String(properties['LogGroupName']),
          logStreamName: physicalId,
        }),
      ),
    ),
};

const metricFilter: ResourceProvider = {
  type: 'AWS::Logs::MetricFilter',
  properties: ['FilterName', 'FilterPattern', 'LogGroupName', 'MetricTransformations'],
  required: ['FilterPattern', 'LogGroupName', 'MetricTransformations'],
  createOnly: ['FilterName', 'LogGroupName'],
  attributes: [],
  async create(properties, deployment) {
    const name =
      textOf(properties['FilterName']) ?? deployment.generateName({ lengthMax: nameLengthMax });
    await requireFreeFilter(deployment, String(properties['LogGroupName']), name);
    return putFilter(properties, deployment, name);
  },
  update: (properties, deployment, { physicalId }) => putFilter(properties, deployment, physicalId),
  delete: (physicalId, deployment, { properties }) =>
    unlessMissing(
      deployment.call(
        new client.DeleteMetricFilterCommand({
          logGroupName: String(properties['LogGroupName']),
          filterName: physicalId,
        }),
      ),
    ),
};

async function requireFreeFilter(
  deployment: Deployment,
  logGroupName: string,
  name: string,
): Promise<void> {
  const { metricFilters = [] } = await deployment.call(
    new client.DescribeMetricFiltersCommand({ logGroupName, filterNamePrefix: name, limit: 1 }),
  );
  if (metricFilters.some(({ filterName }) => filterName === name))
    throw new AwsError(
      'AlreadyExists',
      `Resource of type 'AWS::Logs::MetricFilter' with identifier '${logGroupName}|${name}' already exists.`,
    );
}

async function putFilter(
  properties: Properties,
  deployment: Deployment,
  name: string,
): Promise<Provisioned> {
  const { MetricTransformations: transformations, ...rest } = properties;
  const input = toServiceInput(model, 'PutMetricFilter', {
    ...rest,
    FilterName: name,
    MetricTransformations: Array.isArray(transformations)
      ? transformations.map(withDimensionMap)
      : transformations,
  });
  await deployment.call(
    new client.PutMetricFilterCommand(input as unknown as client.PutMetricFilterRequest),
  );
  return { physicalId: name, attributes: {} };
}

/** CloudFormation writes dimensions as a list of keys and values, the service as a map. */
function withDimensionMap(transformation: unknown): unknown {
  const { Dimensions: dimensions, ...rest } = transformation as Record<string, unknown>;
  if (!Array.isArray(dimensions)) return transformation;
  const list = dimensions as readonly { readonly Key?: unknown; readonly Value?: unknown }[];
  return {
    ...rest,
    Dimensions: Object.fromEntries(list.map(({ Key, Value }) => [String(Key), String(Value)])),
  };
}

const resourcePolicy: ResourceProvider = {
  type: 'AWS::Logs::ResourcePolicy',
  properties: ['PolicyDocument', 'PolicyName', 'ResourceArn'],
  required: ['PolicyDocument'],
  createOnly: ['PolicyName', 'ResourceArn'],
  attributes: [],
  create: (properties, deployment) => putPolicy(properties, deployment),
  update: (properties, deployment) => putPolicy(properties, deployment),
  delete: (physicalId, deployment, { properties }) =>
    unlessMissing(
      deployment.call(
        new client.DeleteResourcePolicyCommand(
          properties['ResourceArn'] === undefined
            ? { policyName: physicalId }
            : { resourceArn: physicalId },
        ),
      ),
    ),
};

async function putPolicy(properties: Properties, deployment: Deployment): Promise<Provisioned> {
  const arn = textOf(properties['ResourceArn']);
  const name = textOf(properties['PolicyName']) ?? '';
  const { PolicyDocument: document } = properties;
  await deployment.call(
    new client.PutResourcePolicyCommand({
      ...(arn === undefined ? { policyName: name } : { resourceArn: arn }),
      policyDocument: typeof document === 'string' ? document : JSON.stringify(document),
    }),
  );
  return { physicalId: arn ?? name, attributes: {} };
}

export const logsResources: readonly ResourceProvider[] = [
  logGroup,
  logStream,
  metricFilter,
  resourcePolicy,
];
