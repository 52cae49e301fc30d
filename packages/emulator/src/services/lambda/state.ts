import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { CodeFiles } from '../../runtime/function-modules.ts';
import type { LogLevel } from '../../runtime/function-console.ts';
import { defineState } from '../../world/state.ts';
import type { EnvironmentPool } from './environment-pool.ts';

export interface FunctionSettings {
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly ephemeralMegabytes: number;
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly architecture: 'arm64' | 'x86_64';
  readonly logFormat: 'JSON' | 'Text';
  /** Only of the JSON format. */
  readonly applicationLogLevel: LogLevel | undefined;
  readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN' | undefined;
  readonly logGroup: string;
  readonly deadLetterArn: string | undefined;
  readonly tracingMode: 'Active' | 'PassThrough';
}

export interface FunctionCode {
  readonly files: CodeFiles;
  readonly bytes: number;
  /** Base64. */
  readonly sha256: string;
}

/** How asynchronous invocations of a function are tried and where their outcome goes. */
export interface EventInvokeConfig {
  readonly retriesMax: number | undefined;
  readonly ageSecondsMax: number | undefined;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
  readonly modifiedAt: Date;
}

/** One statement of a function's resource policy, as IAM policies write it. */
export type PermissionStatement = Readonly<Record<string, unknown>>;

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** As described; what runs is `serving`. */
  settings: FunctionSettings;
  code: FunctionCode;
  /** What invocations use; an update takes its place a little later. */
  serving: { readonly settings: FunctionSettings; readonly code: FunctionCode };
  state: 'Pending' | 'Active';
  isUpdating: boolean;
  modifiedAt: number;
  revisionId: string;
  readonly tags: Map<string, string>;
  /** By statement id. */
  readonly permissions: Map<string, PermissionStatement>;
  policy: CompiledPolicy | undefined;
  reservedConcurrency: number | undefined;
  eventInvoke: EventInvokeConfig | undefined;
  readonly pool: EnvironmentPool;
  /** Invocations so far. */
  invocations: number;
  isDeleted: boolean;
}

export type MappingState =
  'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting';

/** What hands messages of a queue to a function. */
export interface EventSourceMapping {
  readonly id: string;
  readonly arn: string;
  readonly functionArn: string;
  readonly functionName: string;
  readonly queueArn: string;
  readonly tags: Map<string, string>;
  batchSize: number;
  windowSeconds: number;
  reportsItemFailures: boolean;
  concurrencyMax: number | undefined;
  isEnabled: boolean;
  state: MappingState;
  reason: string;
  modifiedAt: Date;
  lastResult: string;
  /** Batches at work. */
  active: number;
  /** A pump is receiving; another one would do the same. */
  isReceiving: boolean;
  stop: (() => void) | undefined;
}

export const lambdaState = defineState('lambda', 'regional', () => ({
  functions: new Map<string, LambdaFunction>(),
  mappings: new Map<string, EventSourceMapping>(),
}));
