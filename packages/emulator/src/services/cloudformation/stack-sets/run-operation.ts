import type { StackSetOperationResultStatus } from '@aws-sdk/client-cloudformation';
import type { Scope } from '../../../world/scope.ts';
import { concurrencyAfter, inRegionOrder, paceOf, type Pace } from './operation-preferences.ts';
import {
  keyOf,
  type StackInstance,
  type StackSet,
  type StackSetOperation,
} from './stack-set-state.ts';
import { workOnInstance, type Outcome } from './work-on-instance.ts';

/** Wording as in the examples of the AWS CLI reference, list-stack-set-operation-results. */
const cancelledByTolerance = 'Cancelled since failure tolerance has exceeded';
const cancelledByUser = 'Cancelled since the operation was stopped';

// AWS names no duration; small stacks take well under a minute more than by themselves.
const prepareMs = { min: 2_000, max: 5_000 };
const dispatchMs = { min: 1_000, max: 4_000 };
const noticeMs = { min: 1_000, max: 3_000 };

/** The accounts of one Region. */
interface Lane {
  readonly region: string;
  readonly pace: Pace;
  readonly pending: StackInstance[];
  runningCount: number;
  failedCount: number;
}

interface Run {
  readonly home: Scope;
  readonly stackSet: StackSet;
  readonly operation: StackSetOperation;
  readonly lanes: readonly Lane[];
  readonly done: () => void;
  isToleranceExceeded: boolean;
  isOver: boolean;
}

/**
 * Works on instances, Region by Region or side by side, as many at a time as the preferences allow, until all are
 * done, too many have failed, or somebody stops it.
 *
 * @param options.done called once at the end
 */
export function runOperation(options: {
  readonly home: Scope;
  readonly stackSet: StackSet;
  readonly operation: StackSetOperation;
  readonly instances: readonly StackInstance[];
  readonly done: () => void;
}): void {
  const { home, stackSet, operation, instances, done } = options;
  const { preferences } = operation;
  const regions = [...new Set(instances.map(({ region }) => region))];
  const lanes = inRegionOrder(preferences, regions).map((region): Lane => {
    const pending = instances.filter((instance) => instance.region === region);
    return {
      region,
      pace: paceOf(preferences, pending.length),
      pending,
      runningCount: 0,
      failedCount: 0,
    };
  });
  const run: Run = {
    home,
    stackSet,
    operation,
    lanes,
    done,
    isToleranceExceeded: false,
    isOver: false,
  };
  operation.onStop = () => {
    advance(run);
  };
  const preparation = home.between('stack-set-preparation', prepareMs.min, prepareMs.max);
  home.after(preparation, `${stackSet.name}: begin ${operation.id}`, () => {
    advance(run);
  });
}

const isIdle = ({ pending, runningCount }: Lane): boolean =>
  pending.length === 0 && runningCount === 0;

function advance(run: Run): void {
  const { operation, lanes } = run;
  if (run.isOver) return;
  if (run.isToleranceExceeded || operation.status === 'STOPPING') cancelPending(run);
  const open = lanes.filter((lane) => !isIdle(lane));
  if (open.length === 0) {
    finish(run);
    return;
  }
  const isParallel = operation.preferences.RegionConcurrencyType === 'PARALLEL';
  for (const lane of isParallel ? open : open.slice(0, 1)) fill(run, lane);
}

function fill(run: Run, lane: Lane): void {
  while (lane.runningCount < concurrencyAfter(lane.pace, lane.failedCount)) {
    const instance = lane.pending.shift();
    if (!instance) return;
    lane.runningCount += 1;
    start(run, lane, instance);
  }
}

function start(run: Run, lane: Lane, instance: StackInstance): void {
  const { home, stackSet, operation } = run;
  const place = home.at({ account: instance.account, region: instance.region });
  instance.detailedStatus = 'RUNNING';
  note(operation, instance, 'RUNNING', undefined);
  const label = `${stackSet.name}: ${operation.action} ${keyOf(instance)}`;
  const settle = (outcome: Outcome): void => {
    place.after(place.between('stack-set-notice', noticeMs.min, noticeMs.max), label, () => {
      lane.runningCount -= 1;
      conclude(run, lane, instance, outcome);
      advance(run);
    });
  };
  place.after(place.between('stack-set-dispatch', dispatchMs.min, dispatchMs.max), label, () =>
    workOnInstance({ home, stackSet, operation, instance }, settle),
  );
}

function note(
  operation: StackSetOperation,
  instance: StackInstance,
  status: StackSetOperationResultStatus,
  reason: string | undefined,
): void {
  const result = operation.results.get(keyOf(instance));
  if (!result) throw new TypeError(`${keyOf(instance)} is no part of ${operation.id}`);
  result.status = status;
  result.reason = reason;
}

function conclude(run: Run, lane: Lane, instance: StackInstance, outcome: Outcome): void {
  const { home, stackSet, operation } = run;
  const reason = 'reason' in outcome ? outcome.reason : undefined;
  instance.reason = reason;
  switch (outcome.status) {
    case 'SUCCEEDED':
      note(operation, instance, 'SUCCEEDED', undefined);
      if (operation.action === 'DELETE') stackSet.instances.delete(keyOf(instance));
      else {
        instance.status = 'CURRENT';
        instance.detailedStatus = 'SUCCEEDED';
      }
      break;
    case 'FAILED': {
      note(operation, instance, 'FAILED', reason);
      const isInoperable = operation.action === 'DELETE';
      instance.status = isInoperable ? 'INOPERABLE' : 'OUTDATED';
      instance.detailedStatus = isInoperable ? 'INOPERABLE' : 'FAILED';
      lane.failedCount += 1;
      if (lane.failedCount > lane.pace.toleranceMax) run.isToleranceExceeded = true;
      break;
    }
    case 'SKIPPED':
      // A result has no status of its own for it, and it spends no tolerance.
      note(operation, instance, 'CANCELLED', reason);
      instance.status = 'OUTDATED';
      instance.detailedStatus = 'SKIPPED_SUSPENDED_ACCOUNT';
      break;
    default:
      outcome satisfies never;
  }
  home.record('StackInstanceResult', {
    stackSet: stackSet.id,
    operation: operation.id,
    account: instance.account,
    region: instance.region,
    status: outcome.status,
    ...(reason === undefined ? {} : { reason }),
  });
}

function cancelPending({ operation, lanes, isToleranceExceeded }: Run): void {
  const reason = isToleranceExceeded ? cancelledByTolerance : cancelledByUser;
  for (const { pending } of lanes)
    for (const instance of pending.splice(0)) {
      instance.status = 'OUTDATED';
      instance.detailedStatus = 'CANCELLED';
      instance.reason = reason;
      note(operation, instance, 'CANCELLED', reason);
    }
}

function finish(run: Run): void {
  const { home, stackSet, operation } = run;
  run.isOver = true;
  operation.onStop = undefined;
  operation.endedAt = home.date;
  operation.status = endStatus(run);
  home.record('StackSetOperation', {
    stackSet: stackSet.id,
    operation: operation.id,
    action: operation.action,
    status: operation.status,
  });
  run.done();
}

function endStatus({ operation, isToleranceExceeded }: Run): StackSetOperation['status'] {
  if (operation.status === 'STOPPING') return 'STOPPED';
  return isToleranceExceeded ? 'FAILED' : 'SUCCEEDED';
}
