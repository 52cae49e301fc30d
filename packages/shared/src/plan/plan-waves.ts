import type { Instant } from '../model/instant.ts';
import type { StopReason } from '../model/rollout.ts';
import { targetOutcomes } from '../model/target.ts';
import type { Ended, TargetRecord } from '../model/target.ts';
import { isOpen, worstOf } from './target-outcome.ts';
import { inMovingOrder, wavesOf } from './waves.ts';

export interface WavePlanSettings {
  /** Cumulative shares such as `1,50%,100%`. */
  waves: string;
  canaryAccounts: readonly string[];
}

/** What a rollout does, before it does anything. */
export type WavePlan =
  | {
      kind: 'planned';
      /** First wave first; none when every target is up to date. */
      waves: readonly (readonly TargetRecord[])[];
      /** Every target that is not moved, with its outcome. */
      settled: readonly TargetRecord[];
    }
  | { kind: 'refused'; stop: StopReason; settled: readonly TargetRecord[] };

/**
 * Decides which surveyed targets are moved, and in which waves.
 *
 * @param targets every target of the rollout, surveyed or with an outcome already
 */
export const planWaves = (
  targets: readonly TargetRecord[],
  settings: WavePlanSettings,
  now: Instant,
): WavePlan => {
  const toMove = targets.filter(
    (target) => target.ended === undefined && target.groups.some(isOpen),
  );
  const settled = targets
    .filter((target) => !toMove.includes(target))
    .map((target) => settle(target, now));
  const waves = wavesOf(settings.waves, inMovingOrder(toMove, settings.canaryAccounts));
  if ('problem' in waves)
    return { kind: 'refused', stop: { code: 'waves-invalid', sentence: waves.problem }, settled };
  const isReached = settled.some(({ ended }) => ended?.outcome === 'up-to-date');
  if (waves.length === 0 && !isReached)
    return { kind: 'refused', stop: { code: 'no-target', sentence: noTarget(settled) }, settled };
  return {
    kind: 'planned',
    waves: waves.map((wave, index) => wave.map((target) => ({ ...target, wave: index + 1 }))),
    settled,
  };
};

const settle = (target: TargetRecord, now: Instant): TargetRecord => {
  if (target.ended) return target;
  return { ...target, ended: worstOf(target.groups) ?? notSurveyed, endedAt: now.iso };
};

const notSurveyed: Ended = {
  outcome: 'unreachable',
  reason: 'not-surveyed',
  sentence: 'nothing was recorded of its survey; see the execution of this rollout',
};

const noTarget = (settled: readonly TargetRecord[]): string => {
  const counts = Object.entries(outcomeCounts(settled))
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
  return `no target has a group that could be moved (${counts || 'the organization has no account'}); the outcome of each says what to do`;
};

/** How often each outcome occurs, best first. */
export const outcomeCounts = (targets: readonly TargetRecord[]): Record<string, number> =>
  Object.fromEntries(
    targetOutcomes.flatMap((outcome) => {
      const count = targets.filter(({ ended }) => ended?.outcome === outcome).length;
      return count === 0 ? [] : [[outcome, count] as const];
    }),
  );
