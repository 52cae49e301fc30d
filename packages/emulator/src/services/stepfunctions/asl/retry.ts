import type { Catcher, Retrier } from './definition.ts';

/**
 * What `States.ALL` does not stand for.
 *
 * Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows", error names.
 */
const notCaughtByAll: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Of the same page: a `States.Runtime` failure is never retried, not even when it is named. */
const neverRetried: ReadonlySet<string> = new Set(['States.Runtime']);

/** A heartbeat that fails to come is a timeout as well. */
const timeouts: ReadonlySet<string> = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

const matches = (name: string, error: string): boolean => {
  switch (name) {
    case 'States.ALL':
      return !notCaughtByAll.has(error);
    case 'States.TaskFailed':
      return !timeouts.has(error) && !notCaughtByAll.has(error);
    case 'States.Timeout':
      return timeouts.has(error);
    default:
      return name === error;
  }
};

const matchesAny = (names: readonly string[], error: string): boolean =>
  names.some((name) => matches(name, error));

/** @returns the first catcher that names the error, or stands for it by a wildcard */
export const findCatcher = (catchers: readonly Catcher[], error: string): Catcher | undefined =>
  catchers.find((catcher) => matchesAny(catcher.ErrorEquals, error));

/**
 * Whether and when a state that failed runs again. The first retrier that matches decides; each retrier counts its own
 * attempts, so that one that is used up does not hand over to the next.
 *
 * @param attempts how often each retrier (by its index) has already brought the state to run again
 * @param chance a number in [0, 1), for `JitterStrategy: FULL`
 * @returns undefined when the state does not run again
 *
 * Source: Step Functions Developer Guide, "Retrying after an error"
 */
export const decideRetry = ({
  retriers,
  error,
  attempts,
  chance,
}: {
  readonly retriers: readonly Retrier[];
  readonly error: string;
  readonly attempts: ReadonlyMap<number, number>;
  readonly chance: () => number;
}): { readonly retrierIndex: number; readonly delayMs: number } | undefined => {
  if (neverRetried.has(error)) return undefined;
  const retrierIndex = retriers.findIndex((retrier) => matchesAny(retrier.ErrorEquals, error));
  const retrier = retriers[retrierIndex];
  if (retrier === undefined) return undefined;
  const used = attempts.get(retrierIndex) ?? 0;
  if (used >= retrier.MaxAttempts) return undefined;
  const backoff = retrier.IntervalSeconds * retrier.BackoffRate ** used;
  const seconds = Math.min(backoff, retrier.MaxDelaySeconds ?? retryDelaySecondsMax);
  const delay = retrier.JitterStrategy === 'FULL' ? seconds * chance() : seconds;
  return { retrierIndex, delayMs: Math.round(delay * 1000) };
};

/** An execution lasts a year at most, so that a longer delay cannot be told from this one. */
const retryDelaySecondsMax = 31_622_400;
