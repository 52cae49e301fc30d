import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { ExecutionEnvironment } from '../../runtime/execution-environment.ts';
import { noFile } from '../../runtime/host-patches.ts';
import type { FunctionErrorPayload } from '../../runtime/function-error.ts';
import type { Scope } from '../../world/scope.ts';
import type { PooledEnvironment } from './environment-pool.ts';
import { FunctionLog } from './function-log.ts';
import { roleSession } from './function-role.ts';
import { PlatformLog } from './platform-log.ts';
import type { LambdaFunction } from './state.ts';

/** The credentials of an environment last for twelve hours; it is not used until the very end. */
const credentialsMs = 12 * 3_600_000;
const spareMs = 3_600_000;
/** How long a cold start takes. AWS publishes no figures; a few hundred milliseconds are usual for Node.js. */
const coldStartMs = { min: 150, max: 400 };

export interface StartedEnvironment {
  readonly pooled: PooledEnvironment;
  readonly initDurationMs: number;
  /** What went wrong while the function's modules ran; the environment is of no use then. */
  readonly failure: FunctionErrorPayload | undefined;
}

/**
 * Makes a new execution environment and runs the function's modules in it.
 *
 * @throws AwsError AccessDeniedException when the function's role cannot be assumed
 */
export async function startEnvironment(
  scope: Scope,
  fn: LambdaFunction,
): Promise<StartedEnvironment> {
  const role = roleSession(scope, fn);
  const { generation } = fn.pool;
  const { settings } = fn.serving;
  const usableUntil = scope.now + credentialsMs - spareMs - settings.timeoutSeconds * 1_000;
  const stream = streamName(scope, fn);
  const log = new FunctionLog(scope, { role, group: settings.logGroup, stream });
  const write = (line: string): void => {
    log.write(line);
  };
  const platform = new PlatformLog(settings, { now: () => scope.now, write });
  platform.initStart(fn.name);
  const environment = new ExecutionEnvironment({
    world: scope.world,
    account: fn.account,
    region: fn.region,
    functionName: fn.name,
    functionArn: fn.arn,
    runtime: settings.runtime,
    architecture: settings.architecture,
    files: fn.serving.code.files,
    handler: settings.handler,
    variables: variablesOf(fn, stream, credentials(scope, role)),
    memoryMegabytes: settings.memoryMegabytes,
    timeoutMs: settings.timeoutSeconds * 1_000,
    logGroupName: settings.logGroup,
    logStreamName: stream,
    console: { format: settings.logFormat, level: settings.applicationLogLevel ?? 'TRACE' },
    write,
  });
  const initDurationMs = scope.between(`cold-start/${fn.name}`, coldStartMs.min, coldStartMs.max);
  await scope.world.scheduler.sleep(initDurationMs);
  const failure = environment.initialize();
  const pooled = { environment, log, platform, generation, usableUntil, idleSince: scope.now };
  return { pooled, initDurationMs, failure };
}

/** `2026/11/21/[$LATEST]<id>`; in a log group of one's own the function's name is part of it. */
function streamName(scope: Scope, fn: LambdaFunction): string {
  const day = scope.date.toISOString().slice(0, 10).replaceAll('-', '/');
  const own = fn.serving.settings.logGroup === `/aws/lambda/${fn.name}`;
  return `${day}/${own ? '' : fn.name}[$LATEST]${scope.hex(`log-stream/${fn.name}`, 32)}`;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

function credentials(scope: Scope, role: AssumedRolePrincipal): Keys {
  const keys = {
    accessKeyId: `ASIA${scope.code('access-key', 16)}`,
    secretAccessKey: scope.hex('secret-key', 40),
    sessionToken: scope.hex('session-token', 64),
  };
  const expiresAt = scope.now + credentialsMs;
  scope.world.credentials.issue({ ...keys, expiresAt }, () => role);
  return keys;
}

/** Lambda Developer Guide, "Defined runtime environment variables". */
function variablesOf(fn: LambdaFunction, stream: string, keys: Keys): Record<string, string> {
  const { settings } = fn.serving;
  return {
    ...settings.variables,
    ...(settings.logFormat === 'JSON'
      ? {
          AWS_LAMBDA_LOG_FORMAT: 'JSON',
          AWS_LAMBDA_LOG_LEVEL: settings.applicationLogLevel ?? 'INFO',
        }
      : {}),
    _HANDLER: settings.handler,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_DEFAULT_REGION: fn.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: stream,
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    AWS_REGION: fn.region,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: '/var/task',
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
    // Not Lambda's: they keep the SDK from the files and the metadata service of the machine that runs the emulator.
    AWS_CONFIG_FILE: noFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: noFile,
  };
}
