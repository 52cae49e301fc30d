import { readConfig } from '@golden/shared/runtime/config.ts';
import { liveListDeps } from '../../rollout/list-deps.ts';
import type { ListDeps } from '../../rollout/list-deps.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends ListDeps {
  config: Config;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  return { ...liveListDeps(config), config };
};
