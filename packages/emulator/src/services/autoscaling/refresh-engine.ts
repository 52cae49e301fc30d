import type { InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { alarmChanges } from '../cloudwatch/alarm-changes.ts';
import { reconcile } from './group-engine.ts';
import { launchFailures, memberChanges } from './group-watches.ts';
import { alarmsOf, readAlarms, type AlarmReading } from './refresh-alarms.ts';
import { bakeOrSucceed, beginRollback, endRefresh, giveUp } from './refresh-outcome.ts';
import { replaceInstances } from './refresh-replace.ts';
import {
  forgetRun,
  isCurrent,
  makePhase,
  refreshRuns,
  wakeAt,
  wakeRefresh,
  type RefreshRun,
} from './refresh-run.ts';
import { isLeaving, isPending } from './refresh-census.ts';
import { isOnSource } from './launch-source.ts';
import { enterStatus } from './refresh-status.ts';
import type { Group, Refresh } from './state.ts';

// AWS states no figure; "the status should then quickly change to InProgress".
const pendingMsMin = 2_000;
const pendingMsMax = 8_000;
const activeMsMax = 14 * 86_400_000; // EC2 Auto Scaling User Guide, "Quotas": an instance refresh is active for 14 days

/** Lets a refresh that the group has been given go its way. */
export function beginRefresh(scope: Scope, group: Group, refresh: Refresh): void {
  const place = scope.at({ service: 'autoscaling' });
  const run: RefreshRun = {
    group,
    refresh,
    original: new Set(group.members.keys()),
    advance: (where) => advance(where, run),
    phase: makePhase(place, group, { target: refresh.desired, isOld: () => false }),
    checkpointsReached: 0,
    checkpointsPassed: 0,
    pausedUntil: undefined,
    alarms: [],
    hasAlarmChanged: true,
    isHeldByAlarm: false,
    bakeEndsAt: undefined,
    scopeBefore: 0,
    launchFailure: undefined,
    waitsForTransitions: true,
    isWakeDue: false,
    wakeTimer: undefined,
    deadline: place.after(activeMsMax, `refresh of ${group.name} expires`, () => {
      expire(place, run);
    }),
  };
  refreshRuns.in(place).runs.set(group.arn, run);
  const delayMs = place.between('refresh-pending', pendingMsMin, pendingMsMax);
  place.after(delayMs, `refresh of ${group.name} begins`, async () => {
    if (!isCurrent(place, run) || refresh.status !== 'Pending') return;
    enterForward(place, run);
    await advance(place, run);
  });
}

/**
 * Pending is over: what is to be replaced is settled now. Skip matching compares with the desired configuration, or with
 * the group's own where there is none.
 */
function enterForward(scope: Scope, run: RefreshRun): void {
  const { group, refresh, original } = run;
  const matching = refresh.desired ?? group.source;
  run.phase = makePhase(scope, group, {
    target: refresh.desired,
    isOld: (member) =>
      original.has(member.instanceId) &&
      !(refresh.preferences.SkipMatching && isOnSource(scope, group, member, matching)),
  });
  // What came while the refresh was pending was launched as the refresh wants it.
  for (const id of group.members.keys()) if (!original.has(id)) run.phase.fresh.add(id);
  enterStatus(scope, group, refresh, { status: 'InProgress' });
}

async function advance(scope: Scope, run: RefreshRun): Promise<void> {
  const { refresh } = run;
  switch (refresh.status) {
    case 'InProgress':
      if (await isClear(scope, run)) replaceInstances(scope, run);
      return;
    case 'Baking':
      await isClear(scope, run);
      if (statusOf(run) === 'Baking') bakeOrSucceed(scope, run);
      return;
    case 'RollbackInProgress':
      // An alarm that stays in ALARM does not keep the group from going back.
      replaceInstances(scope, run);
      return;
    case 'Cancelling':
      endCancelled(scope, run);
      return;
    case 'Pending':
    case 'Successful':
    case 'Failed':
    case 'Cancelled':
    case 'RollbackSuccessful':
    case 'RollbackFailed':
      return;
    default:
      refresh.status satisfies never;
  }
}

const statusOf = ({ refresh }: RefreshRun): InstanceRefreshStatus => refresh.status;

/** Alarms that Auto Scaling is not allowed to read any more hold a refresh like alarms without data. */
async function readNow(scope: Scope, names: readonly string[]): Promise<readonly AlarmReading[]> {
  try {
    return await readAlarms(scope, names);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return names.map((name) => ({ name, state: undefined }));
  }
}

/**
 * Whether the alarms let the refresh go on. One in ALARM ends it, one without data (or deleted meanwhile) holds it.
 *
 * Source: EC2 Auto Scaling User Guide, "Start an instance refresh with auto rollback".
 */
async function isClear(scope: Scope, run: RefreshRun): Promise<boolean> {
  const { refresh } = run;
  const names = alarmsOf(refresh.preferences);
  if (names.length === 0) return true;
  const status = statusOf(run);
  if (run.hasAlarmChanged) {
    run.hasAlarmChanged = false;
    run.alarms = await readNow(scope, names);
  }
  const { alarms } = run;
  // Somebody may have cancelled it or rolled it back in between.
  if (statusOf(run) !== status) return false;
  const raised = alarms.find(({ state }) => state === 'ALARM');
  if (raised) {
    giveUp(scope, run, `The CloudWatch alarm ${raised.name} is in the ALARM state.`);
    return false;
  }
  const held = alarms.find(({ state }) => state !== 'OK');
  if (held && status === 'InProgress') {
    run.isHeldByAlarm = true;
    refresh.statusReason = `Replacing instances is paused: the CloudWatch alarm ${held.name} is in the ${held.state ?? 'INSUFFICIENT_DATA'} state.`;
    wakeAt(scope, run, undefined);
    return false;
  }
  if (run.isHeldByAlarm) {
    run.isHeldByAlarm = false;
    run.phase.progressAt = scope.now;
    refresh.statusReason = undefined;
  }
  return true;
}

/**
 * Stops a refresh: nothing more is begun, nothing is undone.
 *
 * Source: API Reference, CancelInstanceRefresh.
 *
 * @param waits for launches and terminations that have begun
 */
export function cancelRefresh(scope: Scope, run: RefreshRun, waits: boolean): void {
  const { group, refresh } = run;
  run.waitsForTransitions = waits;
  if (refresh.status !== 'Cancelling') {
    enterStatus(scope, group, refresh, {
      status: 'Cancelling',
      reason: 'Cancelled due to user request.',
    });
    wakeAt(scope, run, undefined);
    giveUpSurplus(scope, group);
  }
  wakeRefresh(scope, group);
}

function giveUpSurplus(scope: Scope, group: Group): void {
  if (group.surplus === 0) return;
  group.surplus = 0;
  reconcile(scope, group);
}

function endCancelled(scope: Scope, run: RefreshRun): void {
  const { group, refresh, waitsForTransitions } = run;
  const isInTransition =
    group.launching > 0 ||
    group.isBalanceDue ||
    [...group.members.values()].some((member) => isLeaving(member) || isPending(member));
  if (waitsForTransitions && isInTransition) return;
  endRefresh(scope, run, {
    status: 'Cancelled',
    ...(refresh.statusReason === undefined ? {} : { reason: refresh.statusReason }),
  });
}

function expire(scope: Scope, run: RefreshRun): void {
  if (!isCurrent(scope, run)) {
    forgetRun(scope, run);
    return;
  }
  const reason = 'The instance refresh was active for the maximum of 14 days.';
  const { status } = run.refresh;
  if (status === 'Cancelling') run.waitsForTransitions = false;
  if (status === 'Cancelling') endCancelled(scope, run);
  else
    endRefresh(scope, run, {
      status: status === 'RollbackInProgress' ? 'RollbackFailed' : 'Failed',
      reason,
    });
}

/** Rolls back on request. */
export const rollBackRefresh = (scope: Scope, run: RefreshRun): void => {
  beginRollback(scope, run, 'Rollback was started by user request.');
};

/** Follows what refreshes wait for; called once a world. */
export function startRefreshes(root: Scope): void {
  memberChanges.follow(root, (scope, { group }) => {
    wakeRefresh(scope, group);
  });
  launchFailures.follow(root, (scope, { group, message }) => {
    const run = refreshRuns.in(scope).runs.get(group.arn);
    if (run) run.launchFailure = message;
    wakeRefresh(scope, group);
  });
  alarmChanges.follow(root, (scope, { name }) => {
    for (const run of refreshRuns.in(scope).runs.values())
      if (alarmsOf(run.refresh.preferences).includes(name)) {
        run.hasAlarmChanged = true;
        wakeRefresh(scope, run.group);
      }
  });
}
