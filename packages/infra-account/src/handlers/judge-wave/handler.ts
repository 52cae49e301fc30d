import { standingOf } from '@golden/shared/plan/rollout-line.ts';
import { changeRollout } from '@golden/shared/store/change-rollout.ts';
import { movedList } from '../../rollout/list-keys.ts';
import { afterJudgement, judgeWave, movedTargets, withLostTargets } from './decide.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseJudgeRequest } from './parse.ts';

/** What the state machine does next. */
export interface JudgeAnswer {
  next: 'go' | 'bake' | 'stop';
  bakeSeconds: number;
  /** Targets that have been moved so far. */
  movedCount: number;
}

/** Says after a wave whether the rollout goes on, and lists every target that has been moved so far. */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<JudgeAnswer> => {
    const { rolloutId, wave, baked } = parseJudgeRequest(event);
    const { rollouts, config, clock, log } = deps;
    const targets = (await rollouts.targets(rolloutId)).map(({ value }) => value);
    const moved = movedTargets(targets);
    await deps.lists.write(movedList(rolloutId), moved);
    const { value: lock } = await rollouts.lock();
    const judgement = judgeWave({
      waves: withLostTargets(await rollouts.waves(rolloutId), targets, wave),
      targets,
      standing: standingOf(lock, rolloutId),
      baked,
    });
    log.info('wave-judged', { rolloutId, wave, baked, judgement });
    const now = clock.now();
    await changeRollout(rollouts, rolloutId, (rollout) =>
      afterJudgement(rollout, judgement, { wave, now }),
    );
    const next = { continue: 'go', bake: 'bake', halt: 'stop' } as const;
    return {
      next: next[judgement.kind],
      bakeSeconds: config.BAKE_SECONDS,
      movedCount: moved.length,
    };
  };

export const handler = makeHandler(liveDeps(process.env));
