import type { InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../world/scope.ts';
import { reconcile } from './group-engine.ts';
import { isLeaving } from './refresh-census.ts';
import { progressOf } from './refresh-plan.ts';
import {
  censusOf,
  forgetRun,
  makePhase,
  wakeAt,
  wakeRefresh,
  type RefreshRun,
} from './refresh-run.ts';
import { enterStatus } from './refresh-status.ts';

/** Gives a refresh its last status; whatever the group has too much then, it gives up by its termination policies. */
export function endRefresh(
  scope: Scope,
  run: RefreshRun,
  outcome: { readonly status: InstanceRefreshStatus; readonly reason?: string },
): void {
  const { group, refresh } = run;
  forgetRun(scope, run);
  enterStatus(scope, group, refresh, outcome);
  group.surplus = 0;
  reconcile(scope, group);
}

/**
 * All instances are updated: the refresh bakes where that was asked for, and then it succeeds. Only a success saves the
 * desired configuration on the group.
 *
 * Source: API Reference, StartInstanceRefresh, "DesiredConfiguration"; RefreshPreferences, "BakeTime".
 */
export function bakeOrSucceed(scope: Scope, run: RefreshRun): void {
  const { group, refresh } = run;
  const bakeMs = refresh.preferences.BakeTime * 1000;
  if (refresh.status === 'InProgress' && bakeMs > 0) {
    run.bakeEndsAt = scope.now + bakeMs;
    enterStatus(scope, group, refresh, { status: 'Baking' });
    if (group.surplus > 0) {
      group.surplus = 0;
      reconcile(scope, group);
    }
  }
  if (run.bakeEndsAt !== undefined && scope.now < run.bakeEndsAt) {
    wakeAt(scope, run, run.bakeEndsAt);
    return;
  }
  if (refresh.desired) group.source = refresh.desired;
  endRefresh(scope, run, { status: 'Successful' });
}

/**
 * The refresh cannot go on: it rolls back where that was asked for, else it fails; a rollback that cannot go on fails.
 *
 * Source: API Reference, RefreshPreferences, "AutoRollback".
 */
export function giveUp(scope: Scope, run: RefreshRun, reason: string): void {
  const { refresh } = run;
  if (refresh.status === 'RollbackInProgress')
    endRefresh(scope, run, { status: 'RollbackFailed', reason });
  else if (refresh.preferences.AutoRollback)
    beginRollback(scope, run, `Automatic rollback was initiated. ${reason}`);
  else endRefresh(scope, run, { status: 'Failed', reason });
}

/**
 * Turns a refresh round: what it has launched is replaced from the configuration that the group had saved before. What
 * was there before it began stays.
 *
 * Source: EC2 Auto Scaling User Guide, "Undo changes with a rollback".
 */
export function beginRollback(scope: Scope, run: RefreshRun, reason: string): void {
  const { group, refresh, original } = run;
  refresh.rollback = {
    reason,
    startedAt: scope.date,
    percentageComplete: refresh.percentageComplete,
    instancesToUpdate: refresh.instancesToUpdate,
  };
  run.scopeBefore = progressOf(censusOf(scope, run)).scope;
  run.phase = makePhase(scope, group, {
    target: refresh.previous,
    isOld: (member) => !original.has(member.instanceId) && !isLeaving(member),
  });
  run.pausedUntil = undefined;
  run.launchFailure = undefined;
  enterStatus(scope, group, refresh, { status: 'RollbackInProgress', reason });
  wakeAt(scope, run, undefined);
  // The group may lack instances that it could not launch; from now on it launches as before.
  reconcile(scope, group);
  wakeRefresh(scope, group);
}
