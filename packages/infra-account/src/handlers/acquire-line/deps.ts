import { makeExecutions, sfnClientIn } from '@golden/shared/aws/executions.ts';
import type { Executions } from '@golden/shared/aws/executions.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { liveSettleDeps } from '../../rollout/settle-deps.ts';
import type { SettleDeps } from '../../rollout/settle-rollout.ts';
import { configSchema } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends SettleDeps {
  line: ImageLine;
  executions: Executions;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  return {
    ...liveSettleDeps(config),
    line: config.LINE,
    executions: makeExecutions(sfnClientIn(config.AWS_REGION)),
  };
};
