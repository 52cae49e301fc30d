import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { standingOf } from '@golden/shared/plan/rollout-line.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { changeRollout } from '@golden/shared/store/change-rollout.ts';
import { liveRolloutDeps } from '../../rollout/rollout-deps.ts';
import type { RolloutDeps } from '../../rollout/rollout-deps.ts';
import { configSchema } from './config.ts';
import { letThrough } from './decide.ts';
import { parseGateRequest } from './parse.ts';

/** What the state machine does next; `wait`: come again after so many seconds. */
export interface GateAnswer {
  next: 'go' | 'wait' | 'stop';
  waitSeconds: number;
}

/** The one place where a wave is let through: here a rollout learns that it was superseded or halted. */
export const makeHandler =
  (deps: RolloutDeps) =>
  async (event: unknown): Promise<GateAnswer> => {
    const { rolloutId, wave } = parseGateRequest(event);
    const { value: lock } = await deps.rollouts.lock();
    const standing = standingOf(lock, rolloutId);
    if (standing.kind === 'stop') {
      const { stop } = standing;
      await changeRollout(deps.rollouts, rolloutId, (rollout) =>
        rollout.stop ? undefined : { ...rollout, stop },
      );
      return { next: 'stop', waitSeconds: 0 };
    }
    const { state } = await changeRollout(deps.rollouts, rolloutId, (rollout) =>
      letThrough(rollout, deps.clock.now()),
    );
    if (isRolloutEnd(state)) return { next: 'stop', waitSeconds: 0 };
    deps.log.info('wave-started', { rolloutId, wave });
    return { next: 'go', waitSeconds: 0 };
  };

export const handler = makeHandler(liveRolloutDeps(readConfig(configSchema, process.env)));
