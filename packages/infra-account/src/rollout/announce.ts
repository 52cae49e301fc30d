import type { ImageLine } from '@golden/shared/model/ids.ts';
import type { RolloutImage } from '@golden/shared/model/rollout.ts';
import type { RolloutDeps } from './rollout-deps.ts';

/** What an execution knows of its rollout before anything is written. */
export interface Announcement {
  image: RolloutImage;
  executionArn: string;
}

/**
 * Writes the record with which a rollout begins, unless it is there. It comes before the line is taken, so that whoever finds
 * the line taken finds the rollout too; and before its end, when nobody came as far as that.
 */
export const announce = async (
  { image, executionArn }: Announcement,
  { rollouts, line, clock }: Pick<RolloutDeps, 'rollouts' | 'clock'> & { line: ImageLine },
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
