import type { Census } from './refresh-census.ts';
import type { Refresh } from './state.ts';

type Healthy = Pick<Refresh['preferences'], 'MinHealthyPercentage' | 'MaxHealthyPercentage'>;

/** Between which numbers of instances a group is kept while it is refreshed. */
export interface HealthyLimits {
  /** Healthy instances, at least. */
  readonly minHealthy: number;
  /** Instances that serve or will, at most. */
  readonly maxTotal: number;
}

/**
 * The percentages as numbers of instances: the minimum rounded up, the maximum down. One instance is always replaced at
 * a time: without a maximum it is terminated first, whatever the minimum; with an explicit maximum that leaves no room
 * its replacement is launched first, above the maximum.
 *
 * Source: API Reference, RefreshPreferences, "MaxHealthyPercentage" (explicit 100 is not the same as none); EC2 Auto
 * Scaling User Guide, "How an instance refresh works".
 */
export function healthyLimits(desired: number, healthy: Healthy): HealthyLimits {
  const minHealthy = Math.ceil((desired * healthy.MinHealthyPercentage) / 100);
  if (healthy.MaxHealthyPercentage === undefined)
    return { minHealthy: Math.min(minHealthy, Math.max(0, desired - 1)), maxTotal: desired };
  const maxTotal = Math.floor((desired * healthy.MaxHealthyPercentage) / 100);
  return { minHealthy, maxTotal: maxTotal > minHealthy ? maxTotal : desired + 1 };
}

/** How far a refresh is: the numbers that DescribeInstanceRefreshes shows. */
export interface Progress {
  /** All that this refresh has to update. */
  readonly scope: number;
  readonly updated: number;
  readonly toUpdate: number;
  /** 0 to 100, rounded down. */
  readonly percentage: number;
}

export function progressOf({ desired, kept, standby, ready }: Census): Progress {
  const scope = Math.max(0, desired - kept) + standby;
  const updated = Math.min(ready, scope);
  return {
    scope,
    updated,
    toUpdate: scope - updated,
    percentage: scope === 0 ? 100 : Math.floor((100 * updated) / scope),
  };
}

const waitingOf = ({ protectedWaiting, standbyWaiting }: Census): number =>
  protectedWaiting.length + standbyWaiting.length;

/** The batch before has come to its end: all that was launched serves, all that was to go is gone. */
export const isSettled = ({ pending, warming, failing, leaving }: Census): boolean =>
  pending + warming + failing + leaving === 0;

/** Every instance is updated, and nothing is in transition. */
export const isComplete = (census: Census): boolean =>
  isSettled(census) &&
  census.replaceable.length + waitingOf(census) === 0 &&
  census.alive >= census.desired;

/**
 * How many instances may be taken before the next checkpoint is reached. A checkpoint of 100 percent holds nothing back.
 *
 * Source: EC2 Auto Scaling User Guide, "Add checkpoints to an instance refresh": percentages are minimums.
 */
export function checkpointQuota(census: Census, percentage: number | undefined): number {
  if (percentage === undefined || percentage === 100) return Number.POSITIVE_INFINITY;
  const { scope } = progressOf(census);
  const begun = scope - census.replaceable.length - waitingOf(census);
  return Math.max(0, Math.ceil((percentage * scope) / 100) - begun);
}

export interface Moves {
  /** Instances above the desired capacity. */
  readonly surplus: number;
  readonly terminate: readonly string[];
}

/**
 * The next batch: how many instances to launch above the desired capacity and which to terminate now. Nothing is begun
 * while the batch before is in transition.
 *
 * Source: EC2 Auto Scaling User Guide, "How an instance refresh works" (waits until the instances pass their health
 * checks and complete warm-up before it goes on).
 *
 * @param options.surplus what the group has above its desired capacity now
 * @param options.quota how many may be replaced before the next checkpoint
 */
export function planMoves(
  census: Census,
  healthy: Healthy,
  options: { readonly surplus: number; readonly quota: number },
): Moves {
  const { desired, alive } = census;
  // Capacity that is there is given up only together with an instance that this refresh terminates: otherwise the
  // group would choose one by its termination policies.
  const keep = (left: number): number => Math.max(0, Math.min(options.surplus, left - desired));
  if (!isSettled(census)) return { surplus: Math.max(keep(alive), options.surplus), terminate: [] };
  const { minHealthy, maxTotal } = healthyLimits(desired, healthy);
  const candidates = census.replaceable.slice(0, options.quota);
  const batch = candidates.slice(0, maxTotal - minHealthy);
  const idle = batch.filter(({ isServing }) => !isServing);
  const serving = batch.filter(({ isServing }) => isServing);
  const spare = Math.max(0, census.healthy - minHealthy);
  const taken = [...idle, ...serving.slice(0, spare)];
  const left = alive - taken.filter(({ isCounted }) => isCounted).length;
  const wanted = Math.min(
    maxTotal - desired,
    candidates.filter((one) => one.isCounted && !taken.includes(one)).length,
  );
  return {
    surplus: Math.max(wanted, keep(left)),
    terminate: taken.map(({ instanceId }) => instanceId),
  };
}

/**
 * Which checkpoint has been reached, if any that was not before: the highest one, lower ones are skipped.
 *
 * @param passed how many of the percentages lie behind
 * @returns its index
 */
export function reachedCheckpoint(
  census: Census,
  percentages: readonly number[],
  passed: number,
): number | undefined {
  const { percentage } = progressOf(census);
  const index = percentages.findLastIndex((one) => one <= percentage);
  return index >= passed ? index : undefined;
}
