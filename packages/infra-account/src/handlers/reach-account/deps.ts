import { makeWorkloadAccounts } from '@golden/shared/aws/workload-accounts.ts';
import type { WorkloadAccounts } from '@golden/shared/aws/workload-accounts.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import type { Clock } from '@golden/shared/runtime/clock.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { Log } from '@golden/shared/runtime/log.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps {
  config: Config;
  clock: Clock;
  log: Log;
  accounts: WorkloadAccounts;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  return {
    config,
    clock: systemClock,
    log: consoleLog,
    accounts: makeWorkloadAccounts({ line: config.LINE, partition: config.PARTITION }),
  };
};
