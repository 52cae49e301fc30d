import type { MapRunExecutionCounts } from '@aws-sdk/client-sfn';
import type { ExecutionStatus } from '../state.ts';
import type { MapRun, MapRunChild } from './map-run-state.ts';

type Counts = Required<MapRunExecutionCounts>;

const counterOf: Readonly<Record<ExecutionStatus, keyof Counts>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
};

/**
 * How many children of a map run, or how many of their items, are in which status. Children that a failed or aborted map
 * run did not begin any more stay pending.
 *
 * @param weightOf what a child counts for
 */
export function countChildren(run: MapRun, weightOf: (child: MapRunChild) => number): Counts {
  const counts = {
    pending: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    total: 0,
    resultsWritten: 0,
    failuresNotRedrivable: 0,
    pendingRedrive: 0,
  };
  for (const child of run.children) {
    const weight = weightOf(child);
    const status = child.execution?.status;
    counts[status === undefined ? 'pending' : counterOf[status]] += weight;
    counts.total += weight;
    if (run.hasWrittenResults && status !== undefined) counts.resultsWritten += weight;
  }
  return counts;
}

/**
 * Whether more has failed than is tolerated: either threshold counts, and the percentage is one of all items.
 *
 * Source: Step Functions Developer Guide, "Tolerated failure threshold for Distributed Map states": failed or timed out
 * items divided by all items; the value must be exceeded.
 */
export function hasFailedTooMuch(
  run: Pick<MapRun, 'settings'>,
  failedItems: number,
  allItems: number,
): boolean {
  const { toleratedFailureCount, toleratedFailurePercentage } = run.settings;
  if (failedItems === 0) return false;
  const isOverPercentage =
    toleratedFailurePercentage !== undefined &&
    (failedItems / allItems) * 100 > toleratedFailurePercentage;
  const isOverCount =
    toleratedFailureCount === undefined
      ? toleratedFailurePercentage === undefined
      : failedItems > toleratedFailureCount;
  return isOverCount || isOverPercentage;
}
