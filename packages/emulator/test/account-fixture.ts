import { clientFor, type ClientOptions } from '../src/accounts/client-for.ts';
import { createAccount, type StandaloneAccount } from '../src/accounts/create-account.ts';
import { Deployment } from '../src/cloudformation/provider.ts';
import type { Principal } from '../src/iam/principal.ts';
import { identityPolicies } from '../src/services/iam/identity-policies.ts';
import type { Credentials } from '../src/world/credentials.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import { World, type WorldSettings } from '../src/world/world.ts';

/** A world of a few services whose callers are real users and roles of IAM, for the tests of who may do what. */
export interface AccountFixture {
  readonly world: World;
  readonly account: StandaloneAccount;
  /** A client as the administrator of the account, or with other credentials. */
  readonly client: <C>(
    Client: new (options: ClientOptions) => C,
    options?: {
      region?: string;
      as?: Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
    },
  ) => C;
  /** What a resource provider gets from the CloudFormation engine, as the administrator or another principal. */
  readonly deployment: (
    logicalId: string,
    options?: { as?: Principal; tags?: Record<string, string> },
  ) => Deployment;
  /** Lets changes in IAM spread. */
  readonly spread: () => Promise<void>;
}

export const propagationMs = 4_000;

export function accountFixture(
  services: readonly ServiceDefinition[],
  settings: Partial<WorldSettings> = {},
): AccountFixture {
  const world = new World({
    settings: {
      pageSizeMax: 2,
      throttling: false,
      duplicateShare: 0,
      iamPropagationMs: propagationMs,
      ...settings,
    },
    services,
    identityPolicies,
  });
  const account = createAccount(world, { id: '111111111111', name: 'main' });
  return {
    world,
    account,
    client: (Client, { region = 'eu-west-1', as = account.adminCredentials } = {}) =>
      clientFor(world, Client, { credentials: as, region }),
    deployment: (logicalId, { as = account.admin, tags = {} } = {}) =>
      new Deployment({
        world,
        account: account.id,
        region: 'eu-west-1',
        stackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/demo/1',
        stackName: 'demo',
        logicalId,
        principal: as,
        stackTags: tags,
      }),
    spread: () => world.scheduler.runFor(propagationMs),
  };
}
