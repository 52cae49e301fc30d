import { s3ClientIn } from '@golden/shared/aws/payload-store.ts';
import { makeRolloutLists } from '@golden/shared/aws/rollout-lists.ts';
import type { RolloutLists } from '@golden/shared/aws/rollout-lists.ts';
import { liveRolloutDeps } from './rollout-deps.ts';
import type { RolloutDeps } from './rollout-deps.ts';

/** What the functions touch that write lists for the engine's maps. */
export interface ListDeps extends RolloutDeps {
  lists: RolloutLists;
}

/** The real ones. */
export const liveListDeps = (
  config: Parameters<typeof liveRolloutDeps>[0] & { LISTS_BUCKET: string },
): ListDeps => ({
  ...liveRolloutDeps(config),
  lists: makeRolloutLists(s3ClientIn(config.AWS_REGION), config.LISTS_BUCKET),
});
