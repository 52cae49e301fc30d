import { makeOrganization, organizationsClientIn } from '@golden/shared/aws/organization.ts';
import type { Organization } from '@golden/shared/aws/organization.ts';
import { cloudFormationClientIn, makeStackInstances } from '@golden/shared/aws/stack-instances.ts';
import type { StackInstances } from '@golden/shared/aws/stack-instances.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { liveListDeps } from '../../rollout/list-deps.ts';
import type { ListDeps } from '../../rollout/list-deps.ts';
import { configSchema } from './config.ts';
import type { Config } from './config.ts';

/** Everything outside that this handler touches. */
export interface Deps extends ListDeps {
  config: Config;
  organization: Organization;
  /** Undefined without a StackSet. */
  stackInstances: StackInstances | undefined;
}

/** The real ones, made once per execution environment. */
export const liveDeps = (environment: NodeJS.ProcessEnv): Deps => {
  const config = readConfig(configSchema, environment);
  const { AWS_REGION: region, STACK_SET_NAME: stackSetName } = config;
  return {
    ...liveListDeps(config),
    config,
    organization: makeOrganization(organizationsClientIn(region)),
    stackInstances:
      stackSetName === ''
        ? undefined
        : makeStackInstances(cloudFormationClientIn(region), stackSetName),
  };
};
