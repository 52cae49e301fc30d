import type { FunctionErrorPayload, Outcome } from '../../runtime/function-error.ts';
import type { Scope } from '../../world/scope.ts';
import { putServiceMetric } from '../cloudwatch/put-service-metric.ts';
import type { PooledEnvironment } from './environment-pool.ts';
import { functionRuns } from './function-runs.ts';
import { startEnvironment } from './start-environment.ts';
import { lambdaState, type LambdaFunction } from './state.ts';

/** Lambda Developer Guide, "Lambda quotas": concurrent executions of an account in a Region. */
export const accountConcurrency = 1_000;
/** Lambda API Reference, Invoke: 6 MB for requests and responses; the limit that errors name. */
export const syncPayloadBytesMax = 6_291_556;

export type ThrottleReason =
  'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded';

export type RunResult =
  | { readonly kind: 'throttled'; readonly reason: ThrottleReason }
  | { readonly kind: 'ran'; readonly outcome: Outcome; readonly logTail: string };

export interface RunRequest {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly clientContext?: unknown;
}

/**
 * Runs a function once, whoever asks for it: finds or makes an environment, runs the handler, writes Lambda's own log
 * lines and metrics.
 *
 * @throws AwsError AccessDeniedException when the function's role cannot be assumed
 */
export async function runFunction(
  scope: Scope,
  fn: LambdaFunction,
  request: RunRequest,
): Promise<RunResult> {
  const place = scope.at({ account: fn.account, region: fn.region, service: 'lambda' });
  const throttle = throttleReason(place, fn);
  if (throttle) {
    metric(place, fn, 'Throttles', 1);
    place.record('throttled', { function: fn.name, reason: throttle });
    return { kind: 'throttled', reason: throttle };
  }
  let used = fn.pool.take(place.now);
  try {
    const run = await runOnce(place, fn, used, request);
    used = run.used;
    return { kind: 'ran', outcome: run.outcome, logTail: run.used.log.takeTail() };
  } finally {
    fn.pool.giveBack(used, {
      now: place.now,
      after: (delayMs, reap) => place.after(delayMs, 'idle environments', reap),
    });
  }
}

async function runOnce(
  scope: Scope,
  fn: LambdaFunction,
  warm: PooledEnvironment | undefined,
  request: RunRequest,
): Promise<{ readonly used: PooledEnvironment; readonly outcome: Outcome }> {
  const cold = warm ? undefined : await startEnvironment(scope, fn);
  const used = warm ?? cold?.pooled;
  if (!used) throw new TypeError('there is an environment, warm or cold');
  fn.invocations += 1;
  const startedAt = scope.now;
  used.platform.start(request.requestId);
  const outcome = cold?.failure
    ? failedInit(used, cold.failure)
    : limitResponse(
        await used.environment.invoke({
          requestId: request.requestId,
          event: request.event,
          number: fn.invocations,
          clientContext: request.clientContext,
        }),
      );
  const durationMs = scope.now - startedAt;
  used.platform.end({
    requestId: request.requestId,
    durationMs,
    initDurationMs: cold?.initDurationMs,
    outcome,
  });
  note(scope, fn, { request, outcome, durationMs });
  functionRuns.tell(scope, { functionName: fn.name, event: request.event, outcome });
  return { used, outcome };
}

/** An environment whose modules did not load is never used again; each invocation tries anew. */
function failedInit(used: PooledEnvironment, payload: FunctionErrorPayload): Outcome {
  used.environment.discard();
  used.log.write(JSON.stringify(payload));
  return { kind: 'error', payload, status: 'error' };
}

function limitResponse(outcome: Outcome): Outcome {
  if (outcome.kind === 'error') return outcome;
  const bytes = Buffer.byteLength(outcome.payload);
  if (bytes <= syncPayloadBytesMax) return outcome;
  return {
    kind: 'error',
    status: 'error',
    payload: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${syncPayloadBytesMax} bytes).`,
    },
  };
}

function throttleReason(scope: Scope, fn: LambdaFunction): ThrottleReason | undefined {
  if (fn.reservedConcurrency !== undefined)
    return fn.pool.active >= fn.reservedConcurrency
      ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
      : undefined;
  let reserved = 0;
  let active = 0;
  for (const other of lambdaState.in(scope).functions.values()) {
    reserved += other.reservedConcurrency ?? 0;
    if (other.reservedConcurrency === undefined) active += other.pool.active;
  }
  return active >= accountConcurrency - reserved ? 'ConcurrentInvocationLimitExceeded' : undefined;
}

function note(
  scope: Scope,
  fn: LambdaFunction,
  run: { readonly request: RunRequest; readonly outcome: Outcome; readonly durationMs: number },
): void {
  const { request, outcome, durationMs } = run;
  metric(scope, fn, 'Invocations', 1);
  metric(scope, fn, 'Errors', outcome.kind === 'error' ? 1 : 0);
  metric(scope, fn, 'Duration', durationMs, 'Milliseconds');
  scope.record('function-ran', {
    function: fn.name,
    requestId: request.requestId,
    durationMs,
    ...(outcome.kind === 'error' ? { errorType: outcome.payload.errorType } : {}),
  });
}

/** Publishes a metric of a function (Lambda Developer Guide, "Types of metrics for Lambda functions"). */
export const metric = (
  scope: Scope,
  fn: LambdaFunction,
  name: string,
  value: number,
  unit = 'Count',
): void => {
  putServiceMetric(scope, {
    namespace: 'AWS/Lambda',
    metric: name,
    dimensions: { FunctionName: fn.name },
    value,
    unit,
  });
};
