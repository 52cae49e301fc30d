import * as client from '@aws-sdk/client-lambda';
import {
  NotReadyYet,
  type Deployment,
  type Properties,
  type Provisioned,
  type ResourceProvider,
} from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { requireAbsent } from '../../cloudformation/require-absent.ts';
import { readServiceModel } from '../../wire/model.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { functionResource } from './function-resource.ts';

const model = readServiceModel(client);
const statementIdLengthMax = 100; // Lambda API Reference, AddPermission, StatementId
const settleAttemptsMax = 60;
const settlePollMs = 1_000;

const isMissing = (error: unknown): boolean => isAwsError(error, 'ResourceNotFoundException');

async function unlessMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const permission: ResourceProvider = {
  type: 'AWS::Lambda::Permission',
  properties: [
    'Action',
    'FunctionName',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  required: ['Action', 'FunctionName', 'Principal'],
  createOnly: [
    'Action',
    'FunctionName',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  attributes: ['Id'],
  async create(properties, deployment) {
    const id = deployment.generateName({ lengthMax: statementIdLengthMax });
    const input = toServiceInput(model, 'AddPermission', { ...properties, StatementId: id });
    await deployment.call(
      new client.AddPermissionCommand(input as unknown as client.AddPermissionRequest),
    );
    return { physicalId: id, attributes: { Id: id } };
  },
  delete: (physicalId, deployment, { properties }) =>
    unlessMissing(
      deployment.call(
        new client.RemovePermissionCommand({
          FunctionName: String(properties['FunctionName']),
          StatementId: physicalId,
        }),
      ),
    ),
};

const mappingProperties = [
  'BatchSize',
  'Enabled',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
];

const eventSourceMapping: ResourceProvider = {
  type: 'AWS::Lambda::EventSourceMapping',
  properties: [...mappingProperties, 'EventSourceArn', 'Tags'],
  required: ['FunctionName', 'EventSourceArn'],
  createOnly: ['EventSourceArn'],
  attributes: ['Id', 'EventSourceMappingArn'],
  async create(properties, deployment) {
    const input = toServiceInput(model, 'CreateEventSourceMapping', {
      ...properties,
      Tags: undefined,
    });
    const { UUID = '' } = await retryable(
      deployment.call(
        new client.CreateEventSourceMappingCommand({
          ...(input as unknown as client.CreateEventSourceMappingRequest),
          Tags: deployment.tags(properties['Tags']),
        }),
      ),
    );
    await settledMapping(deployment, UUID);
    return provisionedMapping(deployment, UUID);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const input = toServiceInput(model, 'UpdateEventSourceMapping', {
      BatchSize: 10,
      Enabled: true,
      FunctionResponseTypes: [],
      MaximumBatchingWindowInSeconds: 0,
      ScalingConfig: {},
      ...Object.fromEntries(
        mappingProperties.flatMap((key) =>
          properties[key] === undefined ? [] : [[key, properties[key]]],
        ),
      ),
      UUID: physicalId,
    });
    await retryable(
      deployment.call(
        new client.UpdateEventSourceMappingCommand(
          input as unknown as client.UpdateEventSourceMappingRequest,
        ),
      ),
    );
    await settledMapping(deployment, physicalId);
    await updateMappingTags(deployment, physicalId, { properties, previous });
    return provisionedMapping(deployment, physicalId);
  },
  async delete(physicalId, deployment) {
    await unlessMissing(
      deployment.call(new client.DeleteEventSourceMappingCommand({ UUID: physicalId })),
    );
    await unlessMissing(settledMapping(deployment, physicalId));
  },
};

const mappingArn = (deployment: Deployment, id: string): string =>
  deployment.arn(`event-source-mapping:${id}`, { service: 'lambda' });

const provisionedMapping = (deployment: Deployment, id: string): Provisioned => ({
  physicalId: id,
  attributes: { Id: id, EventSourceMappingArn: mappingArn(deployment, id) },
});

async function retryable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // A role's policy that was made a moment ago does not count yet; CloudFormation tries again.
    if (
      isAwsError(error, 'InvalidParameterValueException') &&
      error.message.includes('does not have permissions to call')
    )
      throw new NotReadyYet(error.message, { cause: error });
    throw error;
  }
}

/** @throws AwsError ResourceNotFoundException once a mapping is gone */
async function settledMapping(deployment: Deployment, id: string): Promise<void> {
  for (let attempt = 0; attempt < settleAttemptsMax; attempt += 1) {
    const { State } = await deployment.call(new client.GetEventSourceMappingCommand({ UUID: id }));
    if (State === 'Enabled' || State === 'Disabled') return;
    await deployment.world.scheduler.sleep(settlePollMs);
  }
  throw new AwsError('NotStabilized', `the event source mapping ${id} did not settle in time`);
}

interface Change {
  readonly properties: Properties;
  readonly previous: Properties;
}

async function updateMappingTags(
  deployment: Deployment,
  id: string,
  { properties, previous }: Change,
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const gone = Object.keys(deployment.tags(previous['Tags'])).filter((key) => !(key in wanted));
  const Resource = mappingArn(deployment, id);
  if (gone.length > 0)
    await deployment.call(new client.UntagResourceCommand({ Resource, TagKeys: gone }));
  await deployment.call(new client.TagResourceCommand({ Resource, Tags: wanted }));
}

const eventInvokeConfig: ResourceProvider = {
  type: 'AWS::Lambda::EventInvokeConfig',
  properties: [
    'DestinationConfig',
    'FunctionName',
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
    'Qualifier',
  ],
  required: ['FunctionName', 'Qualifier'],
  createOnly: ['FunctionName', 'Qualifier'],
  attributes: [],
  async create(properties, deployment) {
    await requireNoConfig(deployment, properties);
    return putConfig(properties, deployment);
  },
  update: (properties, deployment) => putConfig(properties, deployment),
  delete: (_, deployment, { properties }) =>
    unlessMissing(
      deployment.call(new client.DeleteFunctionEventInvokeConfigCommand(configKey(properties))),
    ),
};

const configKey = (properties: Properties) => ({
  FunctionName: String(properties['FunctionName']),
  Qualifier: String(properties['Qualifier']),
});

const requireNoConfig = (deployment: Deployment, properties: Properties): Promise<void> => {
  const key = configKey(properties);
  return requireAbsent(deployment.call(new client.GetFunctionEventInvokeConfigCommand(key)), {
    isMissing,
    type: 'AWS::Lambda::EventInvokeConfig',
    identifier: Object.values(key).join('|'),
  });
};

async function putConfig(properties: Properties, deployment: Deployment): Promise<Provisioned> {
  const input = toServiceInput(model, 'PutFunctionEventInvokeConfig', properties);
  await retryable(
    deployment.call(
      new client.PutFunctionEventInvokeConfigCommand(
        input as unknown as client.PutFunctionEventInvokeConfigRequest,
      ),
    ),
  );
  const { FunctionName, Qualifier } = configKey(properties);
  return { physicalId: `${FunctionName}|${Qualifier}`, attributes: {} };
}

export const lambdaResources: readonly ResourceProvider[] = [
  functionResource,
  permission,
  eventSourceMapping,
  eventInvokeConfig,
];
