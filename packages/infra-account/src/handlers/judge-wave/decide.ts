import type { StopReason, WaveRecord } from '@golden/shared/model/rollout.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { overBudget } from '@golden/shared/plan/end-rollout.ts';
import type { Standing } from '@golden/shared/plan/rollout-line.ts';

/** What becomes of a rollout after a wave. */
export type Judgement =
  { kind: 'continue' } | { kind: 'bake' } | { kind: 'halt'; stop: StopReason };

/**
 * Judges a wave whose targets have come to rest. An earlier wave counts too: its groups may have gone back since. Being
 * superseded is no verdict; the next gate sees to it, and what was moved bakes all the same.
 */
export const judgeWave = (facts: {
  waves: readonly WaveRecord[];
  standing: Standing;
  baked: boolean;
}): Judgement => {
  const { waves, standing, baked } = facts;
  // What somebody said of the image says more than the count of what came of it.
  const stop =
    (standing.kind === 'stop' && standing.stop.code !== 'superseded' ? standing.stop : undefined) ??
    waves.map(overBudget).find((reason) => reason !== undefined);
  if (stop) return { kind: 'halt', stop };
  return baked ? { kind: 'continue' } : { kind: 'bake' };
};

/**
 * Adds to each wave's failures the targets that came back without an outcome: what should have written it died, and nobody
 * knows what became of them.
 *
 * @param wave the last one whose targets have had their turn
 */
export const withLostTargets = (
  waves: readonly WaveRecord[],
  targets: readonly TargetRecord[],
  wave: number,
): WaveRecord[] => {
  const lost = targets.filter(({ ended }) => ended === undefined);
  return waves.map((record) => {
    if (record.wave > wave) return record;
    const names = lost.filter((target) => target.wave === record.wave).map(targetName);
    return { ...record, failedTargets: [...new Set([...record.failedTargets, ...names])].sort() };
  });
};

/** Targets of which a group runs the new image, or was last seen on its way. */
export const movedTargets = (
  targets: readonly TargetRecord[],
): Pick<TargetRecord, 'account' | 'region'>[] =>
  targets
    .filter(
      ({ groups, startedAt }) =>
        startedAt !== undefined &&
        groups.some(({ state }) => ['refreshed', 'moving', 'rolling-back'].includes(state)),
    )
    .map(({ account, region }) => ({ account, region }));
