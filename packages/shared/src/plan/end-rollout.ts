import type { Instant } from '../model/instant.ts';
import type { RolloutEnd, RolloutRecord, StopReason, WaveRecord } from '../model/rollout.ts';
import { targetName } from '../model/target.ts';
import type { TargetRecord } from '../model/target.ts';
import type { VersionState } from '../model/version-state.ts';
import { outcomeCounts } from './plan-waves.ts';
import type { Standing } from './rollout-line.ts';

/** How a rollout ends. */
export interface RolloutEnding {
  state: RolloutEnd;
  /** Absent for a completed one. */
  stop?: StopReason;
}

/** A wave that lost more targets than it may. */
export const overBudget = ({ wave, budget, failedTargets }: WaveRecord): StopReason | undefined =>
  failedTargets.length > budget
    ? {
        code: 'budget-exceeded',
        sentence: `${failedTargets.length} failed in wave ${wave} (${failedTargets.slice(0, 5).join(', ')}), more than the ${budget} that may`,
      }
    : undefined;

const namesMax = 5;

/** Why a rollout starts nothing more once an alarm took groups of a target back after their refresh had ended. */
export const lateRollbackStop = (
  taken: Pick<TargetRecord, 'account' | 'region'> & { groups: readonly string[] },
): StopReason => {
  const { groups } = taken;
  const more = groups.length > namesMax ? ` and ${groups.length - namesMax} more` : '';
  return {
    code: 'late-rollback',
    sentence: `in ${targetName(taken)} the alarm went off after the refresh had ended and took ${groups.slice(0, namesMax).join(', ')}${more} back`,
  };
};

const tookBackLate = ({ groups }: TargetRecord): string[] =>
  groups.filter(({ reason }) => reason === 'late-alarm').map(({ group }) => group);

/**
 * The same, as the rows of the targets say it: the event may be lost, and what was asked once more is there all the same. No
 * budget allows for it, since it is said of the image.
 */
export const lateRollbackIn = (targets: readonly TargetRecord[]): StopReason | undefined => {
  const target = targets.find((row) => tookBackLate(row).length > 0);
  return target && lateRollbackStop({ ...target, groups: tookBackLate(target) });
};

/**
 * A budget allows for targets that are lost, not for an image that has arrived nowhere: nobody knows whether that one is good.
 * A rollout that had nothing to move is none of these.
 */
const arrivedNowhere = (targets: readonly TargetRecord[]): StopReason | undefined => {
  const planned = targets.filter(({ wave }) => wave !== undefined);
  const runsIt = ({ groups }: TargetRecord): boolean =>
    groups.some(({ state }) => state === 'refreshed' || state === 'up-to-date');
  if (planned.length === 0 || targets.some(runsIt)) return undefined;
  const counts = Object.entries(outcomeCounts(planned)).map(
    ([outcome, count]) => `${count} ${outcome}`,
  );
  return {
    code: 'no-target',
    sentence: `not one of the ${planned.length} targets that it was to move runs it (${counts.join(', ')}), and only an image that runs somewhere becomes stable; the outcome of each says what to do`,
  };
};

/** Its wave had begun, and it was not moved any more because a newer image waited. */
const wasPassedOver = ({ wave, startedAt, ended }: TargetRecord): boolean =>
  wave !== undefined && startedAt === undefined && ended?.reason === 'superseded';

/**
 * Decides how a rollout ends. Only one whose every wave was judged good, that left no target to a newer image and whose image
 * runs somewhere, is completed; everything else has a reason, the earliest one that was recorded.
 *
 * @param error what the engine caught, if that is why it ends
 */
export const endingOf = (facts: {
  rollout: RolloutRecord;
  standing: Standing;
  waves: readonly WaveRecord[];
  targets: readonly TargetRecord[];
  error?: StopReason;
}): RolloutEnding => {
  const { rollout, standing, waves, targets, error } = facts;
  const isDone =
    rollout.waves !== undefined &&
    rollout.wavesDone === rollout.waves.length &&
    !targets.some(wasPassedOver);
  // A newer image that waits takes nothing from one that has moved all it had to.
  const isStopped = standing.kind === 'stop' && !(isDone && standing.stop.code === 'superseded');
  // Whoever takes a line over ends the rollout that had it: one that is still open never came as far as the line.
  const neverHadLine = standing.kind === 'stop' && standing.stop.code === 'taken-over';
  const stop =
    rollout.stop ??
    (neverHadLine ? error : undefined) ??
    (isStopped ? standing.stop : undefined) ??
    lateRollbackIn(targets) ??
    waves.map(overBudget).find((reason) => reason !== undefined) ??
    (isDone ? arrivedNowhere(targets) : undefined) ??
    error;
  if (stop) return { state: stateOf(stop), stop };
  return isDone
    ? { state: 'completed' }
    : {
        state: 'halted',
        stop: { code: 'engine-error', sentence: 'it ended before its last wave was judged' },
      };
};

const stateOf = ({ code }: StopReason): RolloutEnd => {
  if (code === 'superseded') return 'superseded';
  return code === 'execution-died' || code === 'taken-over' ? 'aborted' : 'halted';
};

/** Targets that no outcome was recorded for get the one that follows from how the rollout ended. */
export const settleTargets = (
  targets: readonly TargetRecord[],
  ending: RolloutEnding,
  now: Instant,
): TargetRecord[] =>
  targets
    .filter(({ ended }) => ended === undefined)
    .map((target) => ({
      ...target,
      ended:
        target.startedAt === undefined
          ? {
              outcome: 'skipped',
              reason: ending.state === 'superseded' ? 'superseded' : 'halted',
              sentence: ending.stop?.sentence ?? 'the rollout ended before its turn',
            }
          : {
              outcome: 'failed',
              reason: 'no-outcome',
              sentence:
                'it was told to move and nothing was recorded of what became of it; look at its groups',
            },
      endedAt: now.iso,
    }));

/** What the image version becomes. A group that an alarm takes back after its refresh revokes it, arrived or not. */
export const versionStateOf = (
  ending: RolloutEnding,
  targets: readonly TargetRecord[],
): VersionState => {
  if (lateRollbackIn(targets) || ending.stop?.code === 'late-rollback') return 'revoked';
  switch (ending.state) {
    case 'completed':
      return 'stable';
    case 'superseded':
      return 'superseded';
    case 'halted':
    case 'aborted':
      return 'halted';
    default:
      return ending.state satisfies never;
  }
};
