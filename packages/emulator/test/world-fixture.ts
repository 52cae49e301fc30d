import { compilePolicy } from '../src/iam/policy-document.ts';
import type { CompiledPolicy } from '../src/iam/compiled-policy.ts';
import type { Principal, UserPrincipal } from '../src/iam/principal.ts';
import { inProcessHandler } from '../src/wire/in-process-handler.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import { World, type WorldSettings } from '../src/world/world.ts';

/** What every SDK client constructor takes. */
interface ClientOptions {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
  requestHandler: ReturnType<typeof inProcessHandler>;
}

export interface ServiceFixture {
  readonly world: World;
  readonly account: string;
  readonly admin: UserPrincipal;
  /** A real SDK client that speaks to the world without a socket, as the administrator or as another user. */
  readonly client: <C>(
    Client: new (options: ClientOptions) => C,
    options?: { region?: string; user?: string },
  ) => C;
  /** Adds a user of an account with one identity policy; the name is what `client({user})` takes. */
  readonly addUser: (name: string, policy: object, account?: string) => UserPrincipal;
}

const testAccount = '111111111111';

/**
 * A world of a few services whose users stand outside of IAM, for the tests of one service. Pages hold two items.
 */
export function serviceFixture(
  services: readonly ServiceDefinition[],
  settings: Partial<WorldSettings> = {},
): ServiceFixture {
  const policies = new Map<string, readonly CompiledPolicy[]>();
  const identityPolicies = (_: World, principal: Principal): readonly CompiledPolicy[] =>
    principal.kind === 'user' ? (policies.get(principal.arn) ?? []) : [];
  const world = new World({
    settings: {
      pageSizeMax: 2,
      throttling: false,
      duplicateShare: 0,
      staleReadShare: 0,
      ...settings,
    },
    services,
    identityPolicies,
  });
  const addUser = (name: string, policy: object, account = testAccount): UserPrincipal => {
    if (!world.directory.get(account))
      world.directory.add({
        id: account,
        name: account,
        email: `${account}@example.com`,
        state: 'ACTIVE',
        organizationId: undefined,
        organizationPath: undefined,
      });
    const arn = `arn:aws:iam::${account}:user/${name}`;
    const principal: UserPrincipal = {
      kind: 'user',
      account,
      arn,
      userName: name,
      userId: `AIDA${name}`,
      tags: {},
    };
    policies.set(arn, [compilePolicy(policy, { name, kind: 'identity' })]);
    world.credentials.issue(
      {
        accessKeyId: `AKIA${name}`,
        secretAccessKey: 'secret',
        sessionToken: undefined,
        expiresAt: undefined,
      },
      () => principal,
    );
    return principal;
  };
  const admin = addUser('admin', {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  });
  return {
    world,
    account: testAccount,
    admin,
    addUser,
    client: (Client, { region = 'eu-west-1', user = 'admin' } = {}) =>
      new Client({
        region,
        endpoint: 'http://127.0.0.1:1',
        credentials: { accessKeyId: `AKIA${user}`, secretAccessKey: 'secret' },
        maxAttempts: 1,
        requestHandler: inProcessHandler(world),
      }),
  };
}
