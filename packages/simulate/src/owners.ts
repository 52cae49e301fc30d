import { CloudFormationClient, DeleteStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  OrganizationsClient,
  RemoveAccountFromOrganizationCommand,
} from '@aws-sdk/client-organizations';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { groupShapes } from '@golden/stage/customer-template.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { removeInvokerTrust, suspendLaunches } from '@golden/stage/owner-acts.ts';
import type { RolloutStage } from '@golden/stage/rollout-stage.ts';
import type { Act, Scenario } from './scenario.ts';

/** What came of an act: AWS may refuse it, because another one has made it impossible. */
export interface Deed extends Act {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly result: 'done' | `refused: ${string}` | 'nothing to do';
}

/** Does what an owner, or the management account, does in a scenario. Only AWS's own errors are taken for an answer. */
export async function act(stage: RolloutStage, scenario: Scenario, what: Act): Promise<Deed> {
  const at = stage.fleet.world.scheduler.now;
  try {
    return { ...what, at, result: await perform(stage, scenario, what) };
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    return { ...what, at, result: `refused: ${error.name}` };
  }
}

async function perform(
  stage: RolloutStage,
  scenario: Scenario,
  what: Act,
): Promise<Deed['result']> {
  const { fleet } = stage;
  const { kind, account, region } = what;
  const place = fleet.place(account, region);
  switch (kind) {
    case 'closes':
      await fleet.close(account);
      return 'done';
    case 'leaves-unit': {
      const unit = scenario.accounts.find(({ name }) => name === account)?.unit ?? '';
      await fleet.leaveUnit(place, unit);
      return 'done';
    }
    case 'leaves-organization':
      await fleet.infra
        .client(OrganizationsClient, { account: fleet.infra.management })
        .send(new RemoveAccountFromOrganizationCommand({ AccountId: place.account.id }));
      return 'done';
    case 'distrusts':
      await removeInvokerTrust(fleet, place);
      return 'done';
    case 'deletes-invoker':
      await deleteInvoker(stage, place);
      return 'done';
    case 'deletes-stack-instance':
      await deleteStackInstance(stage, scenario, place);
      return 'done';
    case 'suspends-launches': {
      const groups = await fleet.groups(place);
      const shapes = groupShapes.filter((shape) => groups.has(shape));
      for (const shape of shapes)
        await suspendLaunches(fleet, place, await fleet.groupName(place, shape));
      return shapes.length > 0 ? 'done' : 'nothing to do';
    }
    case 'stops-execution':
      return stopExecution(stage);
    default:
      return kind satisfies never;
  }
}

async function deleteInvoker({ fleet }: RolloutStage, place: Place): Promise<void> {
  const iam = fleet.infra.client(IAMClient, place);
  const RoleName = `golden-${fleet.infra.line}-invoker`;
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames)
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

/** Somebody takes the stack away from one account and Region, in the infra account and with its stack. */
async function deleteStackInstance(
  { fleet }: RolloutStage,
  { accounts }: Scenario,
  { account, region }: Place,
): Promise<void> {
  const unit = accounts.find(({ name }) => name === account.name)?.unit ?? '';
  await fleet.infra.client(CloudFormationClient).send(
    new DeleteStackInstancesCommand({
      StackSetName: `golden-${fleet.infra.line}-workload`,
      CallAs: 'DELEGATED_ADMIN',
      DeploymentTargets: {
        OrganizationalUnitIds: [fleet.unitId(unit)],
        Accounts: [account.id],
        AccountFilterType: 'INTERSECTION',
      },
      Regions: [region],
      RetainStacks: false,
    }),
  );
}

async function stopExecution(stage: RolloutStage): Promise<Deed['result']> {
  const running = (await stage.executions()).find(({ status }) => status === 'RUNNING');
  if (running === undefined) return 'nothing to do';
  const { executionArn } = running;
  await stage.fleet.infra.client(SFNClient).send(new StopExecutionCommand({ executionArn }));
  return 'done';
}
