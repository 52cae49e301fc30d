import type { Deps } from './deps.ts';
import type { AcquireRequest } from './parse.ts';

/** The record comes before the line is taken, so that whoever finds the line taken finds the rollout too. */
export const announce = async (
  { image, executionArn }: AcquireRequest,
  { rollouts, line, clock }: Deps,
): Promise<void> => {
  if (await rollouts.rollout(image.rolloutId)) return;
  await rollouts.writeRollout({
    value: {
      ...image,
      line,
      state: 'planned',
      executionArn,
      wavesDone: 0,
      reachedAt: { planned: clock.now().iso },
    },
    revision: 0,
  });
};
