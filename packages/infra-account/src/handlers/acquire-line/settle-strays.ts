import type { StopReason } from '@golden/shared/model/rollout.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { buildIdentity } from '@golden/shared/model/rollout-id.ts';
import type { BuildOrder } from '@golden/shared/model/rollout-id.ts';
import { changeRollout } from '@golden/shared/store/change-rollout.ts';
import { settleRollout } from '../../rollout/settle-rollout.ts';
import type { Deps } from './deps.ts';

/** One that died is found by the very next rollout, which is never so many versions later. */
const versionsReadMax = 1_000;

/**
 * Gives those an end that wanted the line before us and died before they had it: nobody else comes by, and their images would
 * be on the way for ever. Those that are alive see that the line went to a newer one, and end by themselves.
 *
 * @param applicant whose turn it is
 */
export const settleStrays = async (applicant: BuildOrder, deps: Deps): Promise<void> => {
  for (const { state, imageArn } of await deps.versions.newestVersions(versionsReadMax)) {
    if (state !== 'available' || imageArn === undefined) continue;
    const { rolloutId, order } = buildIdentity(deps.line, imageArn);
    if (order >= applicant) continue;
    const rollout = (await deps.rollouts.rollout(rolloutId))?.value;
    if (rollout === undefined || isRolloutEnd(rollout.state)) continue;
    if (await deps.executions.isRunning(rollout.executionArn)) continue;
    deps.log.error('stray-settled', { rolloutId });
    const stop: StopReason = {
      code: 'execution-died',
      sentence: `its execution ${rollout.executionArn} is not running any more, and never had the line`,
    };
    await changeRollout(deps.rollouts, rolloutId, (current) =>
      current.stop ? undefined : { ...current, stop },
    );
    await settleRollout(rolloutId, undefined, deps);
  }
};
