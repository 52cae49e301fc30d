import {
  AcceptHandshakeCommand,
  CreateOrganizationCommand,
  CreateOrganizationalUnitCommand,
  InviteAccountToOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
} from '@aws-sdk/client-organizations';
import type { SdkCommand } from '../world/scope.ts';
import type { World } from '../world/world.ts';
import { createAccount, type StandaloneAccount } from './create-account.ts';

/** An account to be made; without an id it gets one. */
export interface AccountPlan {
  readonly name: string;
  readonly id?: string;
}

/** An organizational unit to be made, with what is below it. */
export interface UnitPlan {
  readonly name: string;
  readonly accounts?: readonly AccountPlan[];
  readonly units?: readonly UnitPlan[];
}

export interface CreatedOrganization {
  /** `o-...` */
  readonly id: string;
  readonly arn: string;
  readonly rootId: string;
  readonly management: StandaloneAccount;
  /** Ids of the units by path of names, e.g. `workloads/prod`. */
  readonly unitIds: ReadonlyMap<string, string>;
  /** Member accounts by name, the management account not among them. */
  readonly accounts: ReadonlyMap<string, StandaloneAccount>;
}

/**
 * Makes an organization by the calls that its management account would make. Member accounts are standalone ones
 * that are invited, so that each has an administrator of its own.
 */
export async function createOrganization(
  world: World,
  options: {
    readonly managementAccountName: string;
    readonly managementAccountId?: string;
    /** Accounts directly below the root. */
    readonly accounts?: readonly AccountPlan[];
    readonly units?: readonly UnitPlan[];
  },
): Promise<CreatedOrganization> {
  const management = createAccount(world, {
    name: options.managementAccountName,
    ...(options.managementAccountId === undefined ? {} : { id: options.managementAccountId }),
  });
  const { Organization } = await callAs(world, management, new CreateOrganizationCommand({}));
  const { Roots } = await callAs(world, management, new ListRootsCommand({}));
  const rootId = Roots?.[0]?.Id ?? '';
  const made = { world, management, rootId, unitIds: new Map(), accounts: new Map() };
  await populate(made, { id: rootId, path: '' }, options);
  return {
    id: Organization?.Id ?? '',
    arn: Organization?.Arn ?? '',
    rootId,
    management,
    unitIds: made.unitIds,
    accounts: made.accounts,
  };
}

/** Invites a standalone account, accepts as its administrator and moves it where it belongs. */
export async function joinOrganization(
  world: World,
  options: {
    readonly management: StandaloneAccount;
    readonly member: StandaloneAccount;
    readonly rootId: string;
    readonly parentId: string;
  },
): Promise<void> {
  const { management, member, rootId, parentId } = options;
  const { Handshake } = await callAs(
    world,
    management,
    new InviteAccountToOrganizationCommand({ Target: { Id: member.id, Type: 'ACCOUNT' } }),
  );
  await callAs(world, member, new AcceptHandshakeCommand({ HandshakeId: Handshake?.Id }));
  if (parentId !== rootId)
    await callAs(
      world,
      management,
      new MoveAccountCommand({
        AccountId: member.id,
        SourceParentId: rootId,
        DestinationParentId: parentId,
      }),
    );
}

const callAs = <I extends object, O extends object>(
  world: World,
  { id, admin }: StandaloneAccount,
  command: SdkCommand<I, O>,
): Promise<O> => world.send(command, { as: admin, account: id, region: 'us-east-1' });

interface Making {
  readonly world: World;
  readonly management: StandaloneAccount;
  readonly rootId: string;
  readonly unitIds: Map<string, string>;
  readonly accounts: Map<string, StandaloneAccount>;
}

async function populate(
  making: Making,
  parent: { readonly id: string; readonly path: string },
  plan: Pick<UnitPlan, 'accounts' | 'units'>,
): Promise<void> {
  const { world, management, rootId } = making;
  for (const wanted of plan.accounts ?? []) {
    if (making.accounts.has(wanted.name))
      throw new TypeError(`the account name ${wanted.name} occurs twice`);
    const member = createAccount(world, wanted);
    await joinOrganization(world, { management, member, rootId, parentId: parent.id });
    making.accounts.set(wanted.name, member);
  }
  for (const wanted of plan.units ?? []) {
    const { OrganizationalUnit } = await callAs(
      world,
      management,
      new CreateOrganizationalUnitCommand({ ParentId: parent.id, Name: wanted.name }),
    );
    const id = OrganizationalUnit?.Id ?? '';
    const path = parent.path === '' ? wanted.name : `${parent.path}/${wanted.name}`;
    making.unitIds.set(path, id);
    await populate(making, { id, path }, wanted);
  }
}
