import * as client from '@aws-sdk/client-lambda';
import {
  NotReadyYet,
  type Deployment,
  type Properties,
  type Provisioned,
  type ResourceProvider,
} from '../../cloudformation/provider.ts';
import { toServiceInput } from '../../cloudformation/to-service-input.ts';
import { readServiceModel } from '../../wire/model.ts';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { remembered } from '../../world/remembered.ts';
import { makeZip } from './zip.ts';

const model = readServiceModel(client);
const nameLengthMax = 64; // Lambda API Reference, CreateFunction, FunctionName
const inlineCodeCharactersMax = 4_194_304; // CloudFormation, AWS::Lambda::Function Code, ZipFile: 4 MB
const settleAttemptsMax = 60;
const settlePollMs = 1_000;

const configurationProperties = [
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'Role',
  'Runtime',
  'Timeout',
  'TracingConfig',
] as const;

/** What a property that is taken out of the template falls back to. */
const defaults: Properties = {
  DeadLetterConfig: { TargetArn: '' },
  Description: '',
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  LoggingConfig: { LogFormat: 'Text' },
  MemorySize: 128,
  Timeout: 3,
  TracingConfig: { Mode: 'PassThrough' },
};

export const functionResource: ResourceProvider = {
  type: 'AWS::Lambda::Function',
  properties: [
    ...configurationProperties,
    'Architectures',
    'Code',
    'FunctionName',
    'PackageType',
    'ReservedConcurrentExecutions',
    'Tags',
  ],
  required: ['Code', 'Role'],
  createOnly: ['FunctionName', 'PackageType'],
  attributes: ['Arn'],
  createSeconds: 1,
  async create(properties, deployment) {
    const given = properties['FunctionName'];
    const name =
      typeof given === 'string' ? given : deployment.generateName({ lengthMax: nameLengthMax });
    const settings = toServiceInput(model, 'CreateFunction', {
      ...pick(properties, [...configurationProperties, 'Architectures', 'PackageType']),
      FunctionName: name,
    });
    await retryable(
      deployment.call(
        new client.CreateFunctionCommand({
          ...(settings as unknown as client.CreateFunctionRequest),
          Code: { ZipFile: inlineZip(properties) },
          Tags: deployment.tags(properties['Tags']),
        }),
      ),
    );
    await settled(deployment, name);
    await setConcurrency(deployment, name, properties);
    return provisioned(deployment, name);
  },
  async update(properties, deployment, { physicalId: name, previous }) {
    await updateConfiguration(deployment, name, { properties, previous });
    await updateCode(deployment, name, { properties, previous });
    await setConcurrency(deployment, name, properties, previous);
    await updateTags(deployment, name, { properties, previous });
    return provisioned(deployment, name);
  },
  async delete(name, deployment) {
    try {
      await deployment.call(new client.DeleteFunctionCommand({ FunctionName: name }));
    } catch (error) {
      if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
    }
  },
};

const pick = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );

const provisioned = (deployment: Deployment, name: string): Provisioned => ({
  physicalId: name,
  attributes: { Arn: functionArn(deployment, name) },
});

const functionArn = (deployment: Deployment, name: string): string =>
  deployment.arn(`function:${name}`, { service: 'lambda' });

/** Inline source becomes `index.js` of a package, as CloudFormation makes it. */
function inlineZip(properties: Properties): Buffer {
  const code = properties['Code'];
  const source = isRecord(code) ? code['ZipFile'] : undefined;
  const others = isRecord(code) ? Object.keys(code).filter((key) => key !== 'ZipFile') : [];
  if (typeof source !== 'string' || others.length > 0)
    throw new AwsError(
      'InvalidRequest',
      'only inline code (Code.ZipFile) is modelled by this emulator',
    );
  if (source.length > inlineCodeCharactersMax)
    throw new AwsError(
      'InvalidRequest',
      `inline code has at most ${inlineCodeCharactersMax} characters, not ${source.length}`,
    );
  return packaged(source);
}

/** An organization gets the same functions in each account. */
const packaged = remembered((source) => makeZip({ 'index.js': source }));

/** A role that was made a moment ago cannot be assumed yet; CloudFormation tries again. */
async function retryable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (
      isAwsError(error, 'InvalidParameterValueException') &&
      /cannot be assumed by Lambda|does not have permissions to call/.test(error.message)
    )
      throw new NotReadyYet(error.message, { cause: error });
    throw error;
  }
}

/** Waits until the function takes invocations and further changes. */
async function settled(deployment: Deployment, name: string): Promise<void> {
  for (let attempt = 0; attempt < settleAttemptsMax; attempt += 1) {
    const { State, LastUpdateStatus } = await deployment.call(
      new client.GetFunctionConfigurationCommand({ FunctionName: name }),
    );
    if (State === 'Active' && LastUpdateStatus === 'Successful') return;
    await deployment.world.scheduler.sleep(settlePollMs);
  }
  throw new AwsError('NotStabilized', `the function ${name} did not become active in time`);
}

interface Change {
  readonly properties: Properties;
  readonly previous: Properties;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

async function updateConfiguration(
  deployment: Deployment,
  name: string,
  { properties, previous }: Change,
): Promise<void> {
  const changed = configurationProperties.filter((key) => !isSame(properties[key], previous[key]));
  if (changed.length === 0) return;
  const input = toServiceInput(model, 'UpdateFunctionConfiguration', {
    ...Object.fromEntries(changed.map((key) => [key, properties[key] ?? defaults[key]])),
    FunctionName: name,
  });
  await retryable(
    deployment.call(
      new client.UpdateFunctionConfigurationCommand(
        input as unknown as client.UpdateFunctionConfigurationRequest,
      ),
    ),
  );
  await settled(deployment, name);
}

async function updateCode(
  deployment: Deployment,
  name: string,
  { properties, previous }: Change,
): Promise<void> {
  const keys = ['Code', 'Architectures'];
  if (keys.every((key) => isSame(properties[key], previous[key]))) return;
  const { Architectures } = toServiceInput(model, 'UpdateFunctionCode', {
    FunctionName: name,
    Architectures: properties['Architectures'] ?? ['x86_64'],
  });
  await deployment.call(
    new client.UpdateFunctionCodeCommand({
      FunctionName: name,
      ZipFile: inlineZip(properties),
      Architectures: Architectures as client.Architecture[],
    }),
  );
  await settled(deployment, name);
}

async function setConcurrency(
  deployment: Deployment,
  name: string,
  properties: Properties,
  previous: Properties = {},
): Promise<void> {
  const wanted = properties['ReservedConcurrentExecutions'];
  if (isSame(wanted, previous['ReservedConcurrentExecutions'])) return;
  await deployment.call(
    wanted === undefined
      ? new client.DeleteFunctionConcurrencyCommand({ FunctionName: name })
      : new client.PutFunctionConcurrencyCommand({
          FunctionName: name,
          ReservedConcurrentExecutions: Number(wanted),
        }),
  );
}

async function updateTags(
  deployment: Deployment,
  name: string,
  { properties, previous }: Change,
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const before = deployment.tags(previous['Tags']);
  if (isSame(wanted, before)) return;
  const gone = Object.keys(before).filter((key) => !(key in wanted));
  const Resource = functionArn(deployment, name);
  if (gone.length > 0)
    await deployment.call(new client.UntagResourceCommand({ Resource, TagKeys: gone }));
  await deployment.call(new client.TagResourceCommand({ Resource, Tags: wanted }));
}
