import type { Instant } from '../model/instant.ts';
import type { RolloutEnd, RolloutRecord, StopReason, WaveRecord } from '../model/rollout.ts';
import type { TargetRecord } from '../model/target.ts';
import type { VersionState } from '../model/version-state.ts';
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

/**
 * Decides how a rollout ends. Only one whose every wave was judged good is completed; everything else has a reason, the
 * earliest one that was recorded.
 *
 * @param error what the engine caught, if that is why it ends
 */
export const endingOf = (facts: {
  rollout: RolloutRecord;
  standing: Standing;
  waves: readonly WaveRecord[];
  error?: StopReason;
}): RolloutEnding => {
  const { rollout, standing, waves, error } = facts;
  const isDone = rollout.waves !== undefined && rollout.wavesDone === rollout.waves.length;
  // A newer image that waits takes nothing from one whose every wave was judged good.
  const isStopped = standing.kind === 'stop' && !(isDone && standing.stop.code === 'superseded');
  const stop =
    rollout.stop ??
    (isStopped ? standing.stop : undefined) ??
    waves.map(overBudget).find((reason) => reason !== undefined) ??
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
  const tookBackLate = targets.some(({ groups }) =>
    groups.some(({ reason }) => reason === 'late-alarm'),
  );
  if (tookBackLate || ending.stop?.code === 'late-rollback') return 'revoked';
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
