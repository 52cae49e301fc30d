import type { Scope } from '../../world/scope.ts';
import { isAwsError } from '../../world/aws-error.ts';
import type { Outcome } from '../../runtime/function-error.ts';
import { sendToDeadLetter, sendToDestination, type AsyncResult } from './destinations.ts';
import { metric, runFunction, type RunResult } from './run-function.ts';
import type { LambdaFunction } from './state.ts';

// Lambda Developer Guide, "Asynchronous invocation": two retries, one and two minutes later; six hours at most;
// throttled events are tried again after 1 second at first, doubling up to 5 minutes.
const retriesDefault = 2;
const retryDelaysMs: readonly number[] = [60_000, 120_000];
const ageSecondsDefault = 21_600;
const throttleDelayMs = { first: 1_000, max: 300_000 };
/** How long an event takes through Lambda's queue. AWS states no figure. */
const queueMs = { min: 5, max: 60 };

/** An event on its way to a function. */
interface QueuedEvent {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly enqueuedAt: number;
  /** Times that the function has run for it. */
  attempts: number;
  throttles: number;
}

/** Puts an event into Lambda's own queue. It may arrive twice, as AWS says of it. */
export function enqueueEvent(
  scope: Scope,
  fn: LambdaFunction,
  given: { readonly requestId: string; readonly event: string },
): void {
  const place = scope.at({ account: fn.account, region: fn.region, service: 'lambda' });
  const copies = place.chance('async-duplicate') < place.world.settings.duplicateShare ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    const delayMs = place.between('async-queue', queueMs.min, queueMs.max) + place.lateMs();
    tryLater(place, fn, delayMs, { ...given, enqueuedAt: place.now, attempts: 0, throttles: 0 });
  }
}

const tryLater = (scope: Scope, fn: LambdaFunction, delayMs: number, queued: QueuedEvent): void => {
  scope.after(delayMs, `asynchronous invocation of ${fn.name}`, () => tryNow(scope, fn, queued));
};

async function tryNow(scope: Scope, fn: LambdaFunction, queued: QueuedEvent): Promise<void> {
  if (fn.isDeleted) return;
  if (isTooOld(scope, fn, queued, 0)) {
    await giveUp(scope, fn, queued, { condition: 'EventAgeExceeded', outcome: undefined });
    return;
  }
  const result = await attempt(scope, fn, queued);
  if (result.kind === 'throttled') await throttled(scope, fn, queued);
  else if (result.outcome.kind === 'response')
    await sendToDestination(scope, fn, fn.eventInvoke?.onSuccess, {
      ...recordOf(queued),
      condition: 'Success',
      outcome: result.outcome,
    });
  else await failed(scope, fn, queued, result.outcome);
}

async function attempt(scope: Scope, fn: LambdaFunction, queued: QueuedEvent): Promise<RunResult> {
  try {
    const result = await runFunction(scope, fn, queued);
    if (result.kind === 'ran') queued.attempts += 1;
    return result;
  } catch (error) {
    // A role that cannot be assumed is an error of the invocation like any other.
    if (!isAwsError(error, 'AccessDeniedException')) throw error;
    queued.attempts += 1;
    const payload = { errorType: error.code, errorMessage: error.message };
    return { kind: 'ran', outcome: { kind: 'error', payload, status: 'error' }, logTail: '' };
  }
}

async function throttled(scope: Scope, fn: LambdaFunction, queued: QueuedEvent): Promise<void> {
  // A function that is switched off gets nothing, now or later.
  if (fn.reservedConcurrency === 0) {
    await giveUp(scope, fn, queued, { condition: 'ZeroReservedConcurrency', outcome: undefined });
    return;
  }
  const delayMs = Math.min(throttleDelayMs.max, throttleDelayMs.first * 2 ** queued.throttles);
  queued.throttles += 1;
  tryLater(scope, fn, delayMs, queued);
}

async function failed(
  scope: Scope,
  fn: LambdaFunction,
  queued: QueuedEvent,
  outcome: Outcome,
): Promise<void> {
  const retriesMax = fn.eventInvoke?.retriesMax ?? retriesDefault;
  const delayMs = retryDelaysMs[queued.attempts - 1] ?? 0;
  if (queued.attempts > retriesMax)
    await giveUp(scope, fn, queued, { condition: 'RetriesExhausted', outcome });
  else if (isTooOld(scope, fn, queued, delayMs))
    await giveUp(scope, fn, queued, { condition: 'EventAgeExceeded', outcome });
  else tryLater(scope, fn, delayMs, queued);
}

const isTooOld = (
  scope: Scope,
  fn: LambdaFunction,
  { enqueuedAt }: QueuedEvent,
  delayMs: number,
): boolean =>
  scope.now + delayMs - enqueuedAt > (fn.eventInvoke?.ageSecondsMax ?? ageSecondsDefault) * 1_000;

async function giveUp(
  scope: Scope,
  fn: LambdaFunction,
  queued: QueuedEvent,
  end: Pick<AsyncResult, 'condition' | 'outcome'>,
): Promise<void> {
  metric(scope, fn, 'AsyncEventsDropped', 1);
  scope.record('event-dropped', {
    function: fn.name,
    requestId: queued.requestId,
    condition: end.condition,
  });
  const result = { ...recordOf(queued), ...end };
  await sendToDeadLetter(scope, fn, result);
  await sendToDestination(scope, fn, fn.eventInvoke?.onFailure, result);
}

const recordOf = ({ requestId, event, attempts }: QueuedEvent) => ({ requestId, event, attempts });
