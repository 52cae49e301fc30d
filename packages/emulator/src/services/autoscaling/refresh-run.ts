import type { Scope } from '../../world/scope.ts';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';
import type { AlarmReading } from './refresh-alarms.ts';
import { takeCensus, type Census } from './refresh-census.ts';
import { isOnSource } from './launch-source.ts';
import {
  activeRefresh,
  autoScalingState,
  type Group,
  type LaunchSource,
  type Member,
  type Refresh,
} from './state.ts';

/** One way through the group: forward to the desired configuration, or back. */
export interface Phase {
  /** What new instances must be launched from; undefined: whatever the group launches. */
  readonly target: LaunchSource | undefined;
  /** Instances that were there when the phase began. */
  readonly known: ReadonlySet<string>;
  /** Those to be replaced. */
  readonly old: Set<string>;
  /** Those that were launched since, as they were first seen: the template may move on afterwards. */
  readonly fresh: Set<string>;
  /** The most updated and the fewest old instances so far: only what goes beyond is progress. */
  readyMost: number;
  oldFewest: number;
  progressAt: number;
}

/** What a refresh keeps in mind beside what it shows. */
export interface RefreshRun {
  readonly group: Group;
  readonly refresh: Refresh;
  /** Instances of the group when the refresh was asked for: a rollback leaves them alone. */
  readonly original: ReadonlySet<string>;
  readonly advance: (scope: Scope) => Promise<void>;
  phase: Phase;
  /** How many checkpoints have been announced, and how many lie behind, the wait included. */
  checkpointsReached: number;
  checkpointsPassed: number;
  /** Milliseconds since 1970, while it waits after a checkpoint. */
  pausedUntil: number | undefined;
  /** Alarms as they were read last, and whether one of them has changed since. */
  alarms: readonly AlarmReading[];
  hasAlarmChanged: boolean;
  isHeldByAlarm: boolean;
  bakeEndsAt: number | undefined;
  /** How many instances there were to update when it turned round. */
  scopeBefore: number;
  /** Why the group could not launch, last. */
  launchFailure: string | undefined;
  /** A cancelled refresh waits for launches and terminations that have begun. */
  waitsForTransitions: boolean;
  isWakeDue: boolean;
  wakeTimer: Timer | undefined;
  readonly deadline: Timer;
}

/** Refreshes that go on, by the ARN of the group. */
export const refreshRuns = defineState('autoscaling-refresh-runs', 'regional', () => ({
  runs: new Map<string, RefreshRun>(),
}));

/**
 * Lets the active refresh of a group look again, soon: something has changed that it may wait for, such as a
 * protection, a suspended process or the desired capacity.
 */
export function wakeRefresh(scope: Scope, group: Group): void {
  const run = refreshRuns.in(scope).runs.get(group.arn);
  if (!run || run.isWakeDue) return;
  run.isWakeDue = true;
  const place = scope.at({ service: 'autoscaling' });
  place.after(0, `refresh of ${group.name}`, async () => {
    run.isWakeDue = false;
    if (isCurrent(place, run)) await run.advance(place);
    else forgetRun(place, run);
  });
}

/** Wakes a run once at an instant; a later call replaces it. */
export function wakeAt(scope: Scope, run: RefreshRun, at: number | undefined): void {
  if (run.wakeTimer) run.wakeTimer.cancelled = true;
  run.wakeTimer =
    at === undefined
      ? undefined
      : scope.after(at - scope.now, `refresh of ${run.group.name}`, () => {
          wakeRefresh(scope, run.group);
        });
}

/** Whether the group is still there and this is its active refresh. */
export const isCurrent = (scope: Scope, { group, refresh }: RefreshRun): boolean =>
  autoScalingState.in(scope).groups.get(group.name) === group &&
  group.status === undefined &&
  activeRefresh(group) === refresh;

/** Ends the timers of a run that has come to its end. */
export function forgetRun(scope: Scope, run: RefreshRun): void {
  if (run.wakeTimer) run.wakeTimer.cancelled = true;
  run.deadline.cancelled = true;
  const { runs } = refreshRuns.in(scope);
  if (runs.get(run.group.arn) === run) runs.delete(run.group.arn);
}

export const makePhase = (
  scope: Scope,
  group: Group,
  options: {
    readonly target: LaunchSource | undefined;
    readonly isOld: (member: Member) => boolean;
  },
): Phase => {
  const members = [...group.members.values()];
  const old = members.filter((member) => options.isOld(member));
  return {
    target: options.target,
    known: new Set(group.members.keys()),
    old: new Set(old.map(({ instanceId }) => instanceId)),
    fresh: new Set(),
    readyMost: 0,
    oldFewest: old.length,
    progressAt: scope.now,
  };
};

/** Counts the group's instances for the present phase. */
export function censusOf(scope: Scope, { group, refresh, phase }: RefreshRun): Census {
  for (const member of group.members.values()) sortIn(scope, group, { phase, member });
  return takeCensus(group.members.values(), {
    now: scope.now,
    desired: group.desiredCapacity,
    launching: group.launching,
    preferences: refresh.preferences,
    isOld: ({ instanceId }) => phase.old.has(instanceId),
    isNew: ({ instanceId }) => phase.fresh.has(instanceId),
  });
}

/** A launch that was under way when the phase began comes from the configuration before. */
function sortIn(
  scope: Scope,
  group: Group,
  { phase, member }: { readonly phase: Phase; readonly member: Member },
): void {
  const { instanceId } = member;
  if (phase.known.has(instanceId) || phase.old.has(instanceId) || phase.fresh.has(instanceId))
    return;
  const isRight = phase.target === undefined || isOnSource(scope, group, member, phase.target);
  (isRight ? phase.fresh : phase.old).add(instanceId);
}
