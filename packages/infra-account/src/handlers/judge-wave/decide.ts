import type { Instant } from '@golden/shared/model/instant.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import type { RolloutRecord, StopReason, WaveRecord } from '@golden/shared/model/rollout.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { lateRollbackIn, overBudget } from '@golden/shared/plan/end-rollout.ts';
import type { Standing } from '@golden/shared/plan/rollout-line.ts';

/** What becomes of a rollout after a wave. */
export type Judgement =
  { kind: 'continue' } | { kind: 'bake' } | { kind: 'halt'; stop: StopReason };

/**
 * Judges a wave whose targets have come to rest. An earlier wave counts too: its groups may have gone back since. A newer image
 * that waits does not wait for a bake; once a wave has baked, being superseded is no verdict on it, and the next gate sees to it.
 */
export const judgeWave = (facts: {
  waves: readonly WaveRecord[];
  targets: readonly TargetRecord[];
  standing: Standing;
  baked: boolean;
}): Judgement => {
  const { waves, targets, standing, baked } = facts;
  // What somebody said of the image says more than the count of what came of it.
  const said = standing.kind === 'stop' ? standing.stop : undefined;
  const stop =
    (said?.code === 'superseded' ? undefined : said) ??
    lateRollbackIn(targets) ??
    waves.map(overBudget).find((reason) => reason !== undefined) ??
    (baked ? undefined : said);
  if (stop) return { kind: 'halt', stop };
  return baked ? { kind: 'continue' } : { kind: 'bake' };
};

/**
 * The record of a rollout after a wave was judged; undefined where nothing changes. One that has its end keeps it: an execution
 * that was taken for dead may still be at work.
 */
export const afterJudgement = (
  rollout: RolloutRecord,
  judgement: Judgement,
  { wave, now }: { wave: number; now: Instant },
): RolloutRecord | undefined => {
  if (isRolloutEnd(rollout.state)) return undefined;
  const { reachedAt } = rollout;
  switch (judgement.kind) {
    case 'halt':
      return rollout.stop ? undefined : { ...rollout, stop: judgement.stop };
    case 'bake':
      return {
        ...rollout,
        state: 'baking',
        reachedAt: { ...reachedAt, baking: reachedAt.baking ?? now.iso },
      };
    case 'continue':
      return { ...rollout, wavesDone: wave };
    default:
      return judgement satisfies never;
  }
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
