import type { OrganizationAccount } from '@golden/shared/aws/organization.ts';
import type { StackInstance } from '@golden/shared/aws/stack-instances.ts';
import type { AmiId } from '@golden/shared/model/ids.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { compareTexts } from '@golden/shared/model/text-order.ts';
import type { Explained } from '@golden/shared/payload/target-answer.ts';

/** Who there is, who has the workload stack, and where the image is. */
export interface Fleet {
  /** All of the organization, in any order. */
  accounts: readonly OrganizationAccount[];
  managementAccount: string;
  /** Undefined without a StackSet: then nobody knows who has the stack before asking. */
  instances: readonly StackInstance[] | undefined;
  /** The Regions that images are distributed to. */
  regions: readonly string[];
  /** AMI per Region. */
  amis: Readonly<Record<string, AmiId>>;
}

/** One account and Region, and nothing more: an item of a list that a map reads. */
interface Place {
  account: string;
  region: string;
}

interface Spot {
  account: OrganizationAccount;
  region: string;
  instance: StackInstance | undefined;
}

/** AWS's reasons quote whole answers of services; the beginning says what is wrong. */
const reasonLengthMax = 500;

/**
 * One row for every account and every Region that images are distributed to, and for every further Region in which an account
 * has the workload stack: so that nobody is left without an outcome. What cannot be a target has ended with the reason.
 * Stacks of accounts that have left the organization are nobody's.
 *
 * @returns by account and Region
 */
export const listTargets = (fleet: Fleet, now: Instant): TargetRecord[] => {
  const instances = new Map(
    fleet.instances?.map((instance) => [targetName(instance), instance] as const),
  );
  const furtherRegions = Map.groupBy(instances.values(), ({ account }) => account);
  // Pages of a list that changes meanwhile may name an account twice.
  const accounts = new Map(fleet.accounts.map((account) => [account.id, account]));
  const rows = [...accounts.values()].flatMap((account) => {
    const further = furtherRegions.get(account.id)?.map(({ region }) => region) ?? [];
    return [...new Set([...fleet.regions, ...further])].map((region) => {
      const instance = instances.get(targetName({ account: account.id, region }));
      return rowOf(fleet, { account, region, instance }, now);
    });
  });
  return rows.toSorted(byPlace);
};

const rowOf = (fleet: Fleet, spot: Spot, now: Instant): TargetRecord => {
  const obstacle = obstacleOf(fleet, spot);
  return {
    account: spot.account.id,
    accountName: spot.account.name,
    region: spot.region,
    enrolment: fleet.instances === undefined ? 'by-hand' : 'stack-set',
    groups: [],
    warnings: [],
    ...(obstacle && { endedAt: now.iso, ended: { outcome: 'not-enrolled', ...obstacle } }),
  };
};

/** Why an account and Region is no target of this rollout; the first reason that has to be mended. */
const obstacleOf = (fleet: Fleet, { account, region, instance }: Spot): Explained | undefined => {
  if (account.id === fleet.managementAccount)
    return {
      reason: 'management-account',
      sentence:
        'images are not rolled out to the management account, which no StackSet deploys to; move what runs there to a member account',
    };
  if (account.state !== 'ACTIVE')
    return {
      reason: `account-${asWord(account.state)}`,
      sentence: `Organizations says that the account is ${account.state}; only an ACTIVE account is asked, so activate it or move its groups elsewhere`,
    };
  if (!fleet.regions.includes(region))
    return {
      reason: 'no-image',
      sentence: `images are not distributed to ${region}; name it as a further Region of the infra stack, or take the workload stack away from there`,
    };
  if (fleet.instances !== undefined) {
    const missing = stackObstacle(region, instance);
    if (missing !== undefined) return missing;
  }
  return fleet.amis[region] === undefined
    ? {
        reason: 'no-image',
        sentence: `Image Builder reported no AMI of this version in ${region}; look at the distribution of its image there, and build again`,
      }
    : undefined;
};

const stackObstacle = (
  region: string,
  instance: StackInstance | undefined,
): Explained | undefined => {
  if (instance === undefined)
    return {
      reason: 'no-stack',
      sentence: `the StackSet has no stack of this account in ${region}; add the account's unit to WorkloadOrganizationalUnitIds, or move the account into one of those`,
    };
  const { status } = instance;
  // CURRENT is how AWS sums up a stack of which it gives no detailed status.
  if (status === 'SUCCEEDED' || status === 'CURRENT') return undefined;
  // While the StackSet brings another release, the stack that is there answers.
  const isChanging = status === 'PENDING' || status === 'RUNNING';
  if (isChanging && instance.hasStack) return undefined;
  const words = instance.reason.replaceAll(/\s+/g, ' ').trim();
  const said = words === '' ? '' : ` (${words.slice(0, reasonLengthMax)})`;
  const wayOut = isChanging
    ? 'let the operation of the StackSet end before the next rollout'
    : 'mend that and let the StackSet deploy to it again';
  return {
    reason: `stack-${asWord(status)}`,
    sentence: `the workload stack in ${region} is ${status}${said}; ${wayOut}`,
  };
};

/** `PENDING_CLOSURE` as a part of a reason: `pending-closure`. */
const asWord = (status: string): string => status.toLowerCase().replaceAll('_', '-');

/** What an attempt has to write, when an earlier one may have died at any point. */
export interface TargetWrites {
  /** Rows that are not there yet; those that are may be further on, and stay. */
  rows: readonly TargetRecord[];
  /** All that is still to be surveyed, by account and Region. */
  places: readonly Place[];
}

export const planWrites = (
  listed: readonly TargetRecord[],
  recorded: readonly TargetRecord[],
): TargetWrites => {
  const known = new Set(recorded.map(targetName));
  const rows = listed.filter((row) => !known.has(targetName(row)));
  const open = [...recorded, ...rows].filter(({ ended }) => ended === undefined);
  return {
    rows,
    places: open.toSorted(byPlace).map(({ account, region }) => ({ account, region })),
  };
};

const byPlace = (one: Place, other: Place): number =>
  compareTexts(one.account, other.account) || compareTexts(one.region, other.region);
