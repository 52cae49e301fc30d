import type { Scope } from '../../world/scope.ts';
import { causeTime } from './activities.ts';
import { reconcile, terminateMember } from './group-engine.ts';
import type { Census } from './refresh-census.ts';
import { bakeOrSucceed, endRefresh, giveUp } from './refresh-outcome.ts';
import {
  checkpointQuota,
  isComplete,
  isSettled,
  planMoves,
  progressOf,
  reachedCheckpoint,
} from './refresh-plan.ts';
import { censusOf, wakeAt, type RefreshRun } from './refresh-run.ts';
import { publishRefreshEvent } from './refresh-status.ts';
import type { Group } from './state.ts';

// EC2 Auto Scaling User Guide, "Troubleshoot an instance refresh": replacements are tried again for one hour.
const stallMsMax = 3_600_000;

/** One look at a refresh that replaces instances, forward or back: notes how far it is and does the next step. */
export function replaceInstances(scope: Scope, run: RefreshRun): void {
  const census = censusOf(scope, run);
  noteProgress(scope, run, census);
  const checkpoint = run.refresh.rollback ? undefined : passCheckpoints(scope, run, census);
  if (isComplete(census) || checkpoint === 'last') {
    if (run.refresh.rollback) endRefresh(scope, run, { status: 'RollbackSuccessful' });
    else bakeOrSucceed(scope, run);
    return;
  }
  const hasMoved = move(scope, run, census);
  if (!hasMoved && isStalled(scope, run, census)) {
    giveUp(scope, run, stallReason(run, census));
    return;
  }
  const stalledAt = run.phase.progressAt + stallMsMax;
  const times = [
    census.nextReadyAt,
    run.pausedUntil,
    stalledAt > scope.now ? stalledAt : undefined,
  ].filter((at) => at !== undefined);
  wakeAt(scope, run, times.length === 0 ? undefined : Math.min(...times));
}

function noteProgress(scope: Scope, run: RefreshRun, census: Census): void {
  const { phase, refresh } = run;
  const old =
    census.replaceable.length +
    census.protectedWaiting.length +
    census.standbyWaiting.length +
    census.leaving;
  if (census.ready > phase.readyMost || old < phase.oldFewest) phase.progressAt = scope.now;
  phase.readyMost = Math.max(phase.readyMost, census.ready);
  phase.oldFewest = Math.min(phase.oldFewest, old);
  const { percentage, toUpdate } = progressOf(census);
  if (!refresh.rollback) {
    refresh.percentageComplete = percentage;
    refresh.instancesToUpdate = toUpdate;
    return;
  }
  // On the way back the percentage falls to zero: it is what is still there of what the refresh had deployed.
  // Source: API Reference, InstanceRefresh, "PercentageComplete", "InstancesToUpdate".
  const { scopeBefore } = run;
  const deployed = Math.min(old, scopeBefore);
  refresh.percentageComplete = Math.min(
    refresh.rollback.percentageComplete,
    scopeBefore === 0 ? 0 : Math.floor((100 * deployed) / scopeBefore),
  );
  refresh.instancesToUpdate = Math.max(refresh.rollback.instancesToUpdate, scopeBefore - deployed);
}

/**
 * Notes which checkpoint has been reached and whether the wait after it is over.
 *
 * Source: EC2 Auto Scaling User Guide, "Add checkpoints to an instance refresh": the last percentage is where the
 * refresh ends; there is no event for 100 percent.
 *
 * @returns `last` when the refresh ends here
 */
function passCheckpoints(scope: Scope, run: RefreshRun, census: Census): 'last' | undefined {
  const { CheckpointPercentages: percentages = [], CheckpointDelay: delaySeconds = 0 } =
    run.refresh.preferences;
  if (run.pausedUntil !== undefined) {
    if (scope.now < run.pausedUntil) return undefined;
    run.pausedUntil = undefined;
    run.phase.progressAt = scope.now;
    run.checkpointsPassed = run.checkpointsReached;
  }
  const reached = reachedCheckpoint(census, percentages, run.checkpointsReached);
  const percentage = reached === undefined ? undefined : percentages[reached];
  const isLast = reached === percentages.length - 1;
  if (reached === undefined || percentage === undefined || percentage === 100) return undefined;
  if (isLast && !(isSettled(census) && checkpointQuota(census, percentage) === 0)) return undefined;
  publishRefreshEvent(scope, run.group, run.refresh, {
    name: 'Checkpoint Reached',
    detail: { CheckpointPercentage: String(percentage), CheckpointDelay: String(delaySeconds) },
  });
  run.checkpointsReached = reached + 1;
  if (isLast) return 'last';
  run.pausedUntil = scope.now + delaySeconds * 1000;
  return undefined;
}

/** Begins the next batch, if there is one. */
function move(scope: Scope, run: RefreshRun, census: Census): boolean {
  const { group, refresh, phase } = run;
  if (suspendedOf(group).length > 0) return false;
  const percentages = refresh.preferences.CheckpointPercentages ?? [];
  const quota = checkpointQuota(
    census,
    refresh.rollback ? undefined : percentages[run.checkpointsPassed],
  );
  const moves = planMoves(census, refresh.preferences, { surplus: group.surplus, quota });
  const isLess = moves.terminate.length > 0;
  if (!isLess && moves.surplus === group.surplus) return false;
  group.surplus = moves.surplus;
  if (isLess) phase.progressAt = scope.now;
  for (const id of moves.terminate) {
    const member = group.members.get(id);
    if (member)
      terminateMember(scope, group, member, {
        cause: `At ${causeTime(scope)} an instance was taken out of service in response to an instance refresh.`,
      });
  }
  reconcile(scope, group);
  return true;
}

/** Source: User Guide, "Suspend and resume processes": without them a refresh cannot replace anything. */
const suspendedOf = ({ suspended }: Group): readonly string[] =>
  ['InstanceRefresh', 'Launch', 'Terminate'].filter((process) => suspended.has(process));

/** Nothing has changed for an hour, and nothing goes on that takes its own time: warm-up, lifecycle hooks, a checkpoint. */
const isStalled = (scope: Scope, run: RefreshRun, census: Census): boolean =>
  run.pausedUntil === undefined &&
  census.leaving + census.hooked + census.warming === 0 &&
  scope.now - run.phase.progressAt >= stallMsMax;

function stallReason({ group, launchFailure }: RefreshRun, census: Census): string {
  const because = (text: string): string =>
    `The instance refresh could not replace instances for one hour: ${text}`;
  const suspended = suspendedOf(group);
  if (suspended.length > 0) return because(`suspended processes: ${suspended.join(', ')}.`);
  const isWaiting = census.replaceable.length === 0 && isSettled(census);
  if (isWaiting && census.protectedWaiting.length > 0)
    return because(`protected from scale in: ${census.protectedWaiting.join(', ')}.`);
  if (isWaiting && census.standbyWaiting.length > 0)
    return because(`in standby: ${census.standbyWaiting.join(', ')}.`);
  return because(launchFailure ?? 'new instances did not become healthy.');
}
