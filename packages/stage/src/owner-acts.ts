import {
  AutoScalingClient,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DeregisterDelegatedAdministratorCommand,
  ListAccountsCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations';
import { stackSetsService, type FleetStage, type Place } from './fleet-stage.ts';

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
