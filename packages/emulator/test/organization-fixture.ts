import {
  ActivateOrganizationsAccessCommand,
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DescribeStackSetOperationCommand,
  paginateListStackInstances,
  paginateListStackSetOperationResults,
  type CreateStackInstancesCommandInput,
  type CreateStackSetCommandInput,
  type StackInstanceSummary,
  type StackSetOperation,
  type StackSetOperationResultSummary,
} from '@aws-sdk/client-cloudformation';
import {
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import { clientFor, type ClientOptions } from '../src/accounts/client-for.ts';
import type { StandaloneAccount } from '../src/accounts/create-account.ts';
import {
  createOrganization,
  type CreatedOrganization,
  type UnitPlan,
} from '../src/accounts/create-organization.ts';
import { cloudformation } from '../src/services/cloudformation/operations.ts';
import { identityPolicies } from '../src/services/iam/identity-policies.ts';
import { iam } from '../src/services/iam/operations.ts';
import { logs } from '../src/services/logs/operations.ts';
import { organizations } from '../src/services/organizations/operations.ts';
import { s3 } from '../src/services/s3/operations.ts';
import { ssm } from '../src/services/ssm/operations.ts';
import { sts } from '../src/services/sts/operations.ts';
import { World, type WorldSettings } from '../src/world/world.ts';

export const stackSetsService = 'member.org.stacksets.cloudformation.amazonaws.com';

/** An organization whose account `tooling` administers StackSets, with members in the unit `workloads`. */
export interface OrganizationFixture {
  readonly world: World;
  readonly organization: CreatedOrganization;
  readonly tooling: StandaloneAccount;
  readonly accountId: (name: string) => string;
  readonly unitId: (path: string) => string;
  /** A client as the administrator of an account. */
  readonly client: <C>(
    Client: new (options: ClientOptions) => C,
    account: StandaloneAccount | string,
    region?: string,
  ) => C;
  /** CloudFormation as the delegated administrator. */
  readonly cfn: CloudFormationClient;
  createStackSet(template: object, input?: Partial<CreateStackSetCommandInput>): Promise<string>;
  /** Creates instances in the unit `workloads` and one Region, unless told otherwise; answers the operation's id. */
  deploy(input?: Partial<CreateStackInstancesCommandInput>): Promise<string>;
  /** Lets time pass until an operation has come to its end. */
  settle(operationId: string | undefined): Promise<StackSetOperation>;
  instances(name?: string): Promise<StackInstanceSummary[]>;
  results(operationId: string): Promise<StackSetOperationResultSummary[]>;
}

export const stackSetName = 'plumbing';
export const home = 'eu-west-1';
const settleLimitMs = 24 * 3_600_000;
const asDelegate = { CallAs: 'DELEGATED_ADMIN' } as const;

export async function organizationFixture(
  options: {
    readonly units?: readonly UnitPlan[];
    readonly settings?: Partial<WorldSettings>;
    /** Whether StackSets may use the organization, and `tooling` administers them; true when left out. */
    readonly activated?: boolean;
  } = {},
): Promise<OrganizationFixture> {
  const world = new World({
    settings: { pageSizeMax: 2, throttling: false, duplicateShare: 0, ...options.settings },
    services: [cloudformation, iam, logs, organizations, s3, ssm, sts],
    identityPolicies,
  });
  const organization = await createOrganization(world, {
    managementAccountName: 'management',
    accounts: [{ name: 'tooling' }],
    units: options.units ?? [
      { name: 'workloads', accounts: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
    ],
  });
  const account = (name: string): StandaloneAccount => {
    const found = name === 'management' ? organization.management : organization.accounts.get(name);
    if (!found) throw new Error(`no account ${name}`);
    return found;
  };
  const client: OrganizationFixture['client'] = (Client, of, region = home) =>
    clientFor(world, Client, {
      credentials: (typeof of === 'string' ? account(of) : of).adminCredentials,
      region,
    });
  const tooling = account('tooling');
  if (options.activated !== false) {
    await client(CloudFormationClient, 'management').send(new ActivateOrganizationsAccessCommand());
    await client(OrganizationsClient, 'management').send(
      new RegisterDelegatedAdministratorCommand({
        AccountId: tooling.id,
        ServicePrincipal: stackSetsService,
      }),
    );
  }
  const cfn = client(CloudFormationClient, tooling);
  const unitId = (path: string): string => {
    const found = path === 'root' ? organization.rootId : organization.unitIds.get(path);
    if (found === undefined) throw new Error(`no unit ${path}`);
    return found;
  };
  const naming = { StackSetName: stackSetName, ...asDelegate };
  return {
    world,
    organization,
    tooling,
    accountId: (name) => account(name).id,
    unitId,
    client,
    cfn,
    async createStackSet(template, input = {}) {
      const { StackSetId = '' } = await cfn.send(
        new CreateStackSetCommand({
          ...naming,
          PermissionModel: 'SERVICE_MANAGED',
          AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
          TemplateBody: JSON.stringify(template),
          ...input,
        }),
      );
      return StackSetId;
    },
    async deploy(input = {}) {
      const { OperationId = '' } = await cfn.send(
        new CreateStackInstancesCommand({
          ...naming,
          DeploymentTargets: { OrganizationalUnitIds: [unitId('workloads')] },
          Regions: [home],
          ...input,
        }),
      );
      return OperationId;
    },
    async settle(OperationId) {
      for (let waited = 0; waited < settleLimitMs; waited += 5_000) {
        const { StackSetOperation: found } = await cfn.send(
          new DescribeStackSetOperationCommand({ ...naming, OperationId }),
        );
        if (found?.EndTimestamp) return found;
        await world.scheduler.runFor(5_000);
      }
      throw new Error(`the operation ${OperationId ?? ''} does not come to an end`);
    },
    async instances(StackSetName = stackSetName) {
      const found: StackInstanceSummary[] = [];
      for await (const { Summaries = [] } of paginateListStackInstances(
        { client: cfn },
        { ...asDelegate, StackSetName },
      ))
        found.push(...Summaries);
      return found;
    },
    async results(OperationId) {
      const found: StackSetOperationResultSummary[] = [];
      for await (const { Summaries = [] } of paginateListStackSetOperationResults(
        { client: cfn },
        { ...naming, OperationId },
      ))
        found.push(...Summaries);
      return found;
    },
  };
}

/** A parameter in Parameter Store whose name is the account's own business. */
export const parameterTemplate = (value: unknown = 'one'): object => ({
  Parameters: { Text: { Type: 'String', Default: 'default' } },
  Resources: {
    Note: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/plumbing/note', Type: 'String', Value: value },
    },
  },
});

/** A role with a fixed name, which an account may have already. */
export const roleTemplate: object = {
  Resources: {
    Reader: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'reader',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        },
      },
    },
  },
};

/** Everything at once, whatever fails. */
export const everywhere = {
  RegionConcurrencyType: 'PARALLEL',
  MaxConcurrentPercentage: 100,
  FailureTolerancePercentage: 100,
} as const;
