import type { CompiledPolicy } from './compiled-policy.ts';
import { compilePolicy } from './policy-document.ts';
import type {
  AssumedRolePrincipal,
  RootPrincipal,
  ServicePrincipal,
  UserPrincipal,
} from './principal.ts';

// Builders for tests.

export const ownAccount = '111111111111';
export const otherAccount = '222222222222';

export const aUser = (given: Partial<UserPrincipal> = {}): UserPrincipal => ({
  kind: 'user',
  account: ownAccount,
  arn: `arn:aws:iam::${given.account ?? ownAccount}:user/Bob`,
  userName: 'Bob',
  userId: 'AIDAEXAMPLEBOB',
  tags: {},
  ...given,
});

export const aRole = (given: Partial<AssumedRolePrincipal> = {}): AssumedRolePrincipal => ({
  kind: 'assumed-role',
  account: ownAccount,
  arn: `arn:aws:sts::${given.account ?? ownAccount}:assumed-role/worker/session-1`,
  roleArn: `arn:aws:iam::${given.account ?? ownAccount}:role/path/worker`,
  roleName: 'worker',
  roleId: 'AROAEXAMPLEWORKER',
  sessionName: 'session-1',
  sessionTags: {},
  sessionPolicies: [],
  ...given,
});

export const aRootUser = (account = ownAccount): RootPrincipal => ({
  kind: 'root',
  account,
  arn: `arn:aws:iam::${account}:root`,
});

export const aService = (given: Partial<ServicePrincipal> = {}): ServicePrincipal => ({
  kind: 'service',
  service: 'events.amazonaws.com',
  ...given,
});

type Statement = Readonly<Record<string, unknown>>;

const aDocument = (statements: readonly Statement[]): unknown => ({
  Version: '2012-10-17',
  Statement: statements,
});

const withAction = (given: Statement, action: string): Statement => ({
  Effect: 'Allow',
  ...('NotAction' in given ? {} : { Action: action }),
  ...given,
});

export const anIdentityPolicy = (...statements: readonly Statement[]): CompiledPolicy =>
  compilePolicy(
    aDocument(
      statements.map((given) => ({
        ...('NotResource' in given ? {} : { Resource: '*' }),
        ...withAction(given, '*'),
      })),
    ),
    { name: 'identity', kind: 'identity' },
  );

export const aResourcePolicy = (...statements: readonly Statement[]): CompiledPolicy =>
  compilePolicy(aDocument(statements.map((given) => withAction(given, '*'))), {
    name: 'resource',
    kind: 'resource',
    resourceElement: 'optional',
  });

export const aTrustPolicy = (...statements: readonly Statement[]): CompiledPolicy =>
  compilePolicy(aDocument(statements.map((given) => withAction(given, 'sts:AssumeRole'))), {
    name: 'trust',
    kind: 'trust',
  });
