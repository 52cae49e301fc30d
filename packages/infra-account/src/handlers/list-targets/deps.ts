import { makeOrganization, organizationsClientIn } from '@golden/shared/aws/organization.ts';
import type { Organization } from '@golden/shared/aws/organization.ts';
import { s3ClientIn } from '@golden/shared/aws/payload-store.ts';
import { makeRolloutLists } from '@golden/shared/aws/rollout-lists.ts';
import type { RolloutLists } from '@golden/shared/aws/rollout-lists.ts';
import { cloudFormationClientIn, makeStackInstances } from '@golden/shared/aws/stack-instances.ts';
import type { StackInstances } from '@golden/shared/aws/stack-instances.ts';
import { dynamoClientIn, makeTable } from '@golden/shared/aws/table.ts';
import { systemClock } from '@golden/shared/runtime/clock.ts';
import type { Clock } from '@golden/shared/runtime/clock.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { consoleLog } from '@golden/shared/runtime/log.ts';
import type { Log } from '@golden/shared/runtime/log.ts';
import { makeRolloutStore } from '@golden/shared/store/rollout-store.ts';
import type { RolloutStore } from '@golden/shared/store/rollout-store.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps {
  config: Config;
  clock: Clock;
  log: Log;
  rollouts: RolloutStore;
  organization: Organization;
  /** Undefined without a StackSet. */
  stackInstances: StackInstances | undefined;
  lists: RolloutLists;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  const { AWS_REGION: region, STACK_SET_NAME: stackSetName } = config;
  return {
    config,
    clock: systemClock,
    log: consoleLog,
    rollouts: makeRolloutStore(makeTable(dynamoClientIn(region), config.TABLE_NAME), config.LINE),
    organization: makeOrganization(organizationsClientIn(region)),
    stackInstances:
      stackSetName === ''
        ? undefined
        : makeStackInstances(cloudFormationClientIn(region), stackSetName),
    lists: makeRolloutLists(s3ClientIn(region), config.LISTS_BUCKET),
  };
};
