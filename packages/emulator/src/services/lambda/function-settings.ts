import type * as client from '@aws-sdk/client-lambda';
import { logLevels } from '../../runtime/function-console.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { invalid } from './function-name.ts';
import type { FunctionSettings } from './state.ts';

// Lambda Developer Guide, "Lambda quotas"
const timeoutSecondsMax = 900;
const memoryMegabytes = { min: 128, max: 10_240 };
const ephemeralMegabytes = { min: 512, max: 10_240 };
const variablesBytesMax = 4_096;

const runtimes = ['nodejs22.x', 'nodejs24.x'] as const;
const architectures = ['arm64', 'x86_64'] as const;
const systemLevels = ['DEBUG', 'INFO', 'WARN'] as const;
/** Lambda Developer Guide, "Defined runtime environment variables": those that cannot be set. */
const reservedVariables = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** Members that both creation and update know. */
const commonMembers = [
  'FunctionName',
  'Runtime',
  'Role',
  'Handler',
  'Description',
  'Timeout',
  'MemorySize',
  'Environment',
  'DeadLetterConfig',
  'TracingConfig',
  'EphemeralStorage',
  'LoggingConfig',
] as const;

type Given = Partial<Pick<client.CreateFunctionRequest, (typeof commonMembers)[number]>> & {
  readonly Architectures?: client.Architecture[] | undefined;
};

/** @throws AwsError InvalidParameterValueException for members that are not modelled and would change something */
export function refuseUnmodelledMembers(
  input: client.CreateFunctionCommandInput | client.UpdateFunctionConfigurationCommandInput,
  members: readonly string[],
): void {
  const rest = Object.fromEntries(
    Object.entries(input).filter(([name, value]) => !isHarmless(name, value)),
  );
  onlyModelled<Record<string, unknown>>(
    rest,
    [...commonMembers, ...members],
    'InvalidParameterValueException',
  );
}

/** Values that say what holds anyway. */
function isHarmless(name: string, value: unknown): boolean {
  // Not for every member: one of them is the code.
  const text = (): string => JSON.stringify(value);
  switch (name) {
    case 'Publish':
      return value === false;
    case 'PackageType':
      return value === 'Zip';
    case 'Layers':
    case 'FileSystemConfigs':
      return text() === '[]';
    case 'VpcConfig':
      return !/"(subnet|sg)-/.test(text());
    case 'SnapStart':
      return text() === '{"ApplyOn":"None"}';
    case 'KMSKeyArn':
    case 'CodeSigningConfigArn':
      return value === '';
    default:
      return false;
  }
}

/**
 * What a function is configured to be, from what is given and what was there.
 *
 * @throws AwsError InvalidParameterValueException
 */
export function readSettings(
  name: string,
  input: Given,
  previous: FunctionSettings | undefined,
): FunctionSettings {
  const timeoutSeconds = input.Timeout ?? previous?.timeoutSeconds ?? 3;
  const memory = input.MemorySize ?? previous?.memoryMegabytes ?? 128;
  const ephemeral = input.EphemeralStorage?.Size ?? previous?.ephemeralMegabytes ?? 512;
  const handler = input.Handler ?? previous?.handler ?? '';
  const description = input.Description ?? previous?.description ?? '';
  if (timeoutSeconds < 1 || timeoutSeconds > timeoutSecondsMax)
    throw invalid(`Timeout must be from 1 to ${timeoutSecondsMax} seconds, not ${timeoutSeconds}`);
  checkRange('MemorySize', memory, memoryMegabytes);
  checkRange('EphemeralStorage', ephemeral, ephemeralMegabytes);
  if (handler === '')
    throw invalid(
      `Handler must be a file and an export of it, such as index.handler, not '${handler}'`,
    );
  return {
    runtime: readRuntime(input.Runtime ?? previous?.runtime),
    handler,
    role: input.Role ?? previous?.role ?? '',
    description,
    timeoutSeconds,
    memoryMegabytes: memory,
    ephemeralMegabytes: ephemeral,
    variables: input.Environment ? readVariables(input.Environment.Variables) : previous?.variables,
    architecture: readArchitecture(input.Architectures ?? (previous && [previous.architecture])),
    ...readLogging(name, input.LoggingConfig, previous),
    deadLetterArn: input.DeadLetterConfig
      ? readDeadLetterArn(input.DeadLetterConfig.TargetArn)
      : previous?.deadLetterArn,
    tracingMode:
      (input.TracingConfig?.Mode ?? previous?.tracingMode) === 'Active' ? 'Active' : 'PassThrough',
  };
}

function checkRange(name: string, value: number, { min, max }: { min: number; max: number }): void {
  if (value < min || value > max)
    throw invalid(`${name} must be from ${min} to ${max} MB, not ${value}`);
}

function readRuntime(given: string | undefined): FunctionSettings['runtime'] {
  const runtime = runtimes.find((known) => known === given);
  if (!runtime)
    throw invalid(
      `The runtime parameter of ${String(given)} is not modelled by this emulator, which knows ${runtimes.join(' and ')}`,
    );
  return runtime;
}

function readArchitecture(given: readonly string[] | undefined): FunctionSettings['architecture'] {
  const [first = 'x86_64', ...others] = given ?? [];
  const found = architectures.find((known) => known === first);
  if (!found || others.length > 0)
    throw invalid(`Architectures must be one of ${architectures.join(', ')}, not ${String(given)}`);
  return found;
}

function readVariables(
  variables: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  const given = variables ?? {};
  const reserved = Object.keys(given).filter((key) => reservedVariables.has(key));
  if (reserved.length > 0)
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  const measured = JSON.stringify(given);
  if (Buffer.byteLength(measured) > variablesBytesMax)
    throw invalid(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  return Object.keys(given).length === 0 ? undefined : { ...given };
}

function readDeadLetterArn(arn: string | undefined): string | undefined {
  if (arn === undefined || arn === '') return undefined;
  if (!/^arn:aws:(sqs|sns):[a-z0-9-]+:\d{12}:\S+$/.test(arn))
    throw invalid(`The provided dead-letter target ${arn} is neither a queue nor a topic`);
  return arn;
}

function readLogging(
  name: string,
  given: client.LoggingConfig | undefined,
  previous: FunctionSettings | undefined,
): Pick<FunctionSettings, 'logFormat' | 'applicationLogLevel' | 'systemLogLevel' | 'logGroup'> {
  const logFormat = (given?.LogFormat ?? previous?.logFormat) === 'JSON' ? 'JSON' : 'Text';
  const logGroup = given?.LogGroup ?? previous?.logGroup ?? `/aws/lambda/${name}`;
  if (logFormat === 'Text') {
    if (given?.ApplicationLogLevel !== undefined || given?.SystemLogLevel !== undefined)
      throw invalid('Log levels can be set only with the log format JSON.');
    return { logFormat, logGroup, applicationLogLevel: undefined, systemLogLevel: undefined };
  }
  const application = given?.ApplicationLogLevel ?? previous?.applicationLogLevel ?? 'INFO';
  const system = given?.SystemLogLevel ?? previous?.systemLogLevel ?? 'INFO';
  return {
    logFormat,
    logGroup,
    applicationLogLevel: logLevels.find((level) => level === application),
    systemLogLevel: systemLevels.find((level) => level === system),
  };
}
