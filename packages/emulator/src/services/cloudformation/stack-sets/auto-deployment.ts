import type { Scope } from '../../../world/scope.ts';
import {
  membershipChanges,
  type MembershipChange,
} from '../../organizations/membership-changes.ts';
import { organizationsOf } from '../../organizations/lookups.ts';
import type { Organization } from '../../organizations/state.ts';
import { lineageOfAccount, targetedUnit } from './deployment-targets.ts';
import { homeOf, isActivated } from './organization-access.ts';
import { addInstances } from './stack-instance-operations.ts';
import { keyOf, stackSetState, type StackSet, type WorkItem } from './stack-set-state.ts';
import { submitOperation, type NewOperation } from './submit-operation.ts';

// AWS names no duration; deployments begin within minutes after the account has arrived.
const noticeMs = { min: 20_000, max: 90_000 };

/** Lets StackSets follow the accounts that enter and leave the units they deploy to. */
export function followOrganizations(root: Scope): void {
  membershipChanges.follow(root, (scope, change) => {
    const { kind, managementAccountId, accountId } = change;
    // A suspended account stays where it is; operations skip it.
    if (kind === 'suspended' || kind === 'closed' || accountId === managementAccountId) return;
    const organization = organizationsOf(scope).get(change.organizationId);
    if (!organization) return;
    for (const { account, region, state } of stackSetState.all(scope.world)) {
      if (account !== managementAccountId) continue;
      const home = homeOf(scope.at({ region }), organization);
      for (const stackSet of state.stackSets.values())
        prepare(home, organization, stackSet, change);
    }
  });
}

/** The Regions that a StackSet deploys to by itself, for accounts in a place of the organization. */
const regionsAt = ({ targets }: StackSet, lineage: readonly string[]): ReadonlySet<string> =>
  new Set(
    [...targets].flatMap(([unitId, regions]) => (lineage.includes(unitId) ? [...regions] : [])),
  );

const isAutomatic = ({ status, autoDeployment }: StackSet): boolean =>
  status === 'ACTIVE' && autoDeployment.enabled;

/** Plans what a change means for a StackSet; it takes note of changes a little later. */
function prepare(
  home: Scope,
  organization: Organization,
  stackSet: StackSet,
  { accountId, from, to }: MembershipChange,
): void {
  if (!isAutomatic(stackSet)) return;
  const before = regionsAt(stackSet, from);
  const after = regionsAt(stackSet, to);
  const entered = [...after].filter((region) => !before.has(region));
  const left = [...before].filter((region) => !after.has(region));
  const stayed = [...before].filter((region) => after.has(region));
  if (entered.length + left.length + stayed.length === 0) return;
  const there = home.at({ account: accountId });
  const delay = there.between('stack-set-membership', noticeMs.min, noticeMs.max);
  home.after(delay, `${stackSet.name}: membership of ${accountId}`, () => {
    if (!isAutomatic(stackSet) || !isActivated(home, organization)) return;
    serve({ home, organization, stackSet, account: accountId }, { entered, left, stayed });
  });
}

interface Served {
  readonly home: Scope;
  readonly organization: Organization;
  readonly stackSet: StackSet;
  readonly account: string;
}

/** Takes away what an account has got by targets that it has left, and deploys what those say that it has entered. */
function serve(
  served: Served,
  regions: Readonly<Record<'entered' | 'left' | 'stayed', readonly string[]>>,
): void {
  const { home, organization, stackSet, account } = served;
  // It may have moved on meanwhile.
  const now = regionsAt(stackSet, lineageOfAccount(organization, account));
  const isThere = (item: WorkItem): boolean => stackSet.instances.has(keyOf(item));
  addInstances(
    stackSet,
    regions.stayed
      .filter((region) => now.has(region))
      .map((region) => itemIn(served, region))
      .filter(isThere),
  );
  const leaving = (): readonly WorkItem[] =>
    [...stackSet.instances.values()].filter(
      ({ account: owner, region }) =>
        owner === account && regions.left.includes(region) && !now.has(region),
    );
  // Nobody can work in an account that is closed: all that can be done is to forget it.
  const isOpen = home.world.directory.get(account)?.state === 'ACTIVE';
  const retainStacks = stackSet.autoDeployment.retainsStacks || !isOpen;
  if (leaving().length > 0)
    submitOperation(home, stackSet, {
      operation: { ...newOperation(home, 'DELETE', leaving()), retainStacks },
      isAutomatic: true,
      changesSet: false,
      plan: leaving,
      begin: () => undefined,
    });
  const arriving = regions.entered
    .filter((region) => now.has(region))
    .map((region) => itemIn(served, region));
  const missing = (): readonly WorkItem[] => arriving.filter((item) => !isThere(item));
  if (missing().length > 0)
    submitOperation(home, stackSet, {
      operation: newOperation(home, 'CREATE', arriving),
      isAutomatic: true,
      changesSet: false,
      plan: missing,
      // New accounts get the StackSet's own parameter values.
      begin: (items) => {
        addInstances(stackSet, items);
      },
    });
}

function itemIn({ organization, stackSet, account }: Served, region: string): WorkItem {
  const lineage = lineageOfAccount(organization, account);
  const serving = [...stackSet.targets].filter(([, regions]) => regions.has(region));
  const unit = targetedUnit(
    lineage,
    serving.map(([unitId]) => unitId),
  );
  return { account, region, organizationalUnitId: unit ?? lineage.at(-1) ?? '' };
}

/** OperationPreferences do not count for automatic deployments: one account at a time, Region by Region. */
const newOperation = (
  home: Scope,
  action: 'CREATE' | 'DELETE',
  items: readonly WorkItem[],
): NewOperation => ({
  id: home.uuid('stack-set-operation'),
  action,
  request: 'automatic deployment',
  preferences: {},
  targets: {
    OrganizationalUnitIds: [
      ...new Set(items.map(({ organizationalUnitId }) => organizationalUnitId)),
    ],
    Accounts: [...new Set(items.map(({ account }) => account))],
    AccountFilterType: 'INTERSECTION',
  },
  retainStacks: false,
});
