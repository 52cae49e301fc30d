import { dynamoClientIn, makeTable } from '@golden/shared/aws/table.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import type { Clock } from '@golden/shared/runtime/clock.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { Log } from '@golden/shared/runtime/log.ts';
import { makeRolloutStore } from '@golden/shared/store/rollout-store.ts';
import type { RolloutStore } from '@golden/shared/store/rollout-store.ts';

/** What every function of a rollout touches. */
export interface RolloutDeps {
  clock: Clock;
  log: Log;
  rollouts: RolloutStore;
}

/** The real ones. */
export const liveRolloutDeps = (config: {
  AWS_REGION: string;
  LINE: ImageLine;
  TABLE_NAME: string;
}): RolloutDeps => ({
  clock: systemClock,
  log: consoleLog,
  rollouts: makeRolloutStore(
    makeTable(dynamoClientIn(config.AWS_REGION), config.TABLE_NAME),
    config.LINE,
  ),
});
