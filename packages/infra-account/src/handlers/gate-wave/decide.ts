import type { Instant } from '@golden/shared/model/instant.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import type { RolloutRecord } from '@golden/shared/model/rollout.ts';

/**
 * The record of a rollout whose next wave begins; undefined for one that has its end: an execution that was taken for dead may
 * still be at work.
 */
export const letThrough = (rollout: RolloutRecord, { iso }: Instant): RolloutRecord | undefined =>
  isRolloutEnd(rollout.state)
    ? undefined
    : {
        ...rollout,
        state: 'running',
        reachedAt: { ...rollout.reachedAt, running: rollout.reachedAt.running ?? iso },
      };
