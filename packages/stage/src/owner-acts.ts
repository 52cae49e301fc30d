import {
  AutoScalingClient,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeregisterDelegatedAdministratorCommand,
  ListAccountsCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import { customerStackName, stackSetsService, type FleetStage, type Place } from './fleet-stage.ts';
import { hour } from './infra-stage.ts';

/** What the owners of accounts do, and the management account, that the platform team does not know of. */

const minute = 60_000;
const updateLimit = 6 * hour;

const invokerRole = ({ infra }: FleetStage): string => `golden-${infra.line}-invoker`;

/** An account has a role of the invoker role's name already, for something of its own. */
export async function takeInvokerName(fleet: FleetStage, place: Place): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: invokerRole(fleet),
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: statement },
    },
  };
  await fleet.deployStack(place, {
    name: 'own-roles',
    parameters: {},
    template: JSON.stringify({ Resources: { Role: role } }),
  });
}

/** The owner of an account lets nobody else assume the invoker role any more. */
export async function removeInvokerTrust(fleet: FleetStage, place: Place): Promise<void> {
  await fleet.infra.client(IAMClient, place).send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: invokerRole(fleet),
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: place.account.id },
          Action: 'sts:AssumeRole',
        },
      }),
    }),
  );
}

/**
 * A customer updates the own stack and waits for it, as long as that takes: where no instance can run the new tasks,
 * CloudFormation goes on waiting for the service.
 */
export async function updateCustomer(
  fleet: FleetStage,
  place: Place,
  template: string,
): Promise<void> {
  const client = fleet.infra.client(CloudFormationClient, place);
  const StackName = customerStackName;
  const read = async () =>
    (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  const { Parameters = [] } = (await read()) ?? {};
  await client.send(
    new UpdateStackCommand({
      StackName,
      TemplateBody: template,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Parameters.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    }),
  );
  const { scheduler } = fleet.world;
  const limit = scheduler.now + updateLimit;
  for (let status = ''; !status.endsWith('COMPLETE');) {
    if (scheduler.now > limit || status.endsWith('FAILED'))
      throw new Error(`the update of ${StackName} is ${status}`);
    await scheduler.runFor(minute);
    status = (await read())?.StackStatus ?? '';
  }
}

/** The management account takes back what lets the infra account read the organization and deploy to it. */
export async function takeDelegation({ infra }: FleetStage): Promise<void> {
  await infra.client(OrganizationsClient, { account: infra.management }).send(
    new DeregisterDelegatedAdministratorCommand({
      AccountId: infra.infra.id,
      ServicePrincipal: stackSetsService,
    }),
  );
}

export async function giveDelegation({ infra }: FleetStage): Promise<void> {
  await infra.client(OrganizationsClient, { account: infra.management }).send(
    new RegisterDelegatedAdministratorCommand({
      AccountId: infra.infra.id,
      ServicePrincipal: stackSetsService,
    }),
  );
}

/** How many accounts are on the first page of the organization's list, and whether more follow. */
export async function firstPageOfAccounts({
  infra,
}: FleetStage): Promise<{ accounts: number; hasMore: boolean }> {
  const { Accounts = [], NextToken } = await infra
    .client(OrganizationsClient, { account: infra.management })
    .send(new ListAccountsCommand({}));
  return { accounts: Accounts.length, hasMore: NextToken !== undefined };
}

/** The owner of a group keeps it from launching, as one does while something is looked into. */
export async function suspendLaunches(
  { infra }: FleetStage,
  place: Place,
  group: string,
): Promise<void> {
  await infra
    .client(AutoScalingClient, place)
    .send(
      new SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: ['Launch'] }),
    );
}

export async function resumeLaunches(
  { infra }: FleetStage,
  place: Place,
  group: string,
): Promise<void> {
  await infra
    .client(AutoScalingClient, place)
    .send(
      new ResumeProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: ['Launch'] }),
    );
}
