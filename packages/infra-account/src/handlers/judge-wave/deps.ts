import { s3ClientIn } from '@golden/shared/aws/payload-store.ts';
import { makeRolloutLists } from '@golden/shared/aws/rollout-lists.ts';
import type { RolloutLists } from '@golden/shared/aws/rollout-lists.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { liveRolloutDeps } from '../../rollout/rollout-deps.ts';
import type { RolloutDeps } from '../../rollout/rollout-deps.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends RolloutDeps {
  config: Config;
  lists: RolloutLists;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  return {
    ...liveRolloutDeps(config),
    config,
    lists: makeRolloutLists(s3ClientIn(config.AWS_REGION), config.LISTS_BUCKET),
  };
};
