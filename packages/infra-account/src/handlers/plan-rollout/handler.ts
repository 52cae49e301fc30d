import { planWaves } from '@golden/shared/plan/plan-waves.ts';
import type { WavePlan } from '@golden/shared/plan/plan-waves.ts';
import type { RolloutId } from '@golden/shared/model/rollout-id.ts';
import { targetName } from '@golden/shared/model/target.ts';
import { changeRollout, requireRollout } from '@golden/shared/store/change-rollout.ts';
import { waveList } from '../../rollout/list-keys.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parsePlanRequest } from './parse.ts';

/** What the state machine does next. */
export interface PlanAnswer {
  next: 'go' | 'stop';
  waveCount: number;
}

/**
 * Decides which targets move and when, before anything moves. The plan is the rows of the targets, the waves and the lists that
 * the engine reads; a second run writes the same.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<PlanAnswer> => {
    const { rolloutId } = parsePlanRequest(event);
    const { value: rollout } = await requireRollout(deps.rollouts, rolloutId);
    // It was written to its end; what a rerun would find has a wave already.
    if (rollout.waves) return { next: 'go', waveCount: rollout.waves.length };
    if (rollout.stop) return { next: 'stop', waveCount: 0 };
    const { WAVES: waves, CANARY_ACCOUNTS: canaryAccounts } = deps.config;
    const rows = await deps.rollouts.targets(rolloutId);
    const plan = planWaves(
      rows.map(({ value }) => value),
      { waves, canaryAccounts },
      deps.clock.now(),
    );
    const planned = new Map(
      [...plan.settled, ...(plan.kind === 'planned' ? plan.waves.flat() : [])].map((target) => [
        targetName(target),
        target,
      ]),
    );
    const changed = rows.flatMap(({ value, revision }) => {
      const to = planned.get(targetName(value));
      return to === undefined || to === value ? [] : [{ value: to, revision }];
    });
    await deps.rollouts.putTargets(rolloutId, changed);
    return plan.kind === 'planned'
      ? keepWaves(rolloutId, plan, deps)
      : refuse(rolloutId, plan, deps);
  };

const keepWaves = async (
  rolloutId: RolloutId,
  { waves }: WavePlan & { kind: 'planned' },
  deps: Deps,
): Promise<PlanAnswer> => {
  const budget = deps.config.FAILURE_BUDGET;
  await deps.rollouts.putWaves(
    rolloutId,
    waves.map((targets, index) => ({
      wave: index + 1,
      targets: targets.length,
      budget,
      failedTargets: [],
    })),
  );
  for (const [index, targets] of waves.entries())
    await deps.lists.write(
      waveList(rolloutId, index + 1),
      targets.map(({ account, region }) => ({ account, region })),
    );
  const sizes = waves.map(({ length }) => length);
  await changeRollout(deps.rollouts, rolloutId, (rollout) => ({ ...rollout, waves: sizes }));
  deps.log.info('rollout-planned', { rolloutId, waves: sizes });
  return { next: 'go', waveCount: waves.length };
};

const refuse = async (
  rolloutId: RolloutId,
  { stop }: WavePlan & { kind: 'refused' },
  deps: Deps,
): Promise<PlanAnswer> => {
  await changeRollout(deps.rollouts, rolloutId, (rollout) => ({ ...rollout, stop }));
  return { next: 'stop', waveCount: 0 };
};

export const handler = makeHandler(liveDeps(process.env));
