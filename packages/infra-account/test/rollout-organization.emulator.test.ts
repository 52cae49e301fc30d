import { describe, expect, it } from '@jest/globals';
import type { WorldSettings } from '@golden/emulator';
import { removeInvokerTrust, takeInvokerName } from '@golden/stage/owner-acts.ts';
import { customerTemplate } from '@golden/stage/customer-template.ts';
import { deployCustomers } from '@golden/stage/deploy-customers.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomeText, RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const regions = ['eu-west-1', 'eu-central-1', 'eu-north-1'];
const plain = Array.from({ length: 20 }, (_, index) => `workload-${index + 1}`);
/** Those that are not like the others; 25 accounts in the unit. */
const special = ['suspended', 'closed', 'taken', 'left', 'refusing'];
/** Where groups are; the first two accounts have some in more than one Region. */
const groupsAt = [
  ['workload-1', 'eu-west-1'],
  ['workload-1', 'eu-north-1'],
  ['workload-2', 'eu-west-1'],
  ['workload-2', 'eu-central-1'],
  ['workload-13', 'eu-central-1'],
  ['workload-20', 'eu-north-1'],
] as const;

/** `<account> <Region>` -> `<outcome> <reason>` of every target that there is. */
function expected(): Record<string, string> {
  const everywhere = (name: string, outcome: string): [string, string][] =>
    regions.map((region) => [`${name} ${region}`, outcome]);
  return Object.fromEntries([
    ...everywhere('management', 'not-enrolled management-account'),
    ...everywhere('infra', 'not-enrolled no-stack'),
    ...everywhere('outside', 'not-enrolled no-stack'),
    ...everywhere('left', 'not-enrolled no-stack'),
    ...everywhere('suspended', 'not-enrolled account-suspended'),
    ...everywhere('closed', 'not-enrolled account-suspended'),
    ...everywhere('refusing', 'unreachable role-denied'),
    ...everywhere('taken', 'unreachable role-denied'),
    ['taken eu-west-1', 'not-enrolled stack-failed'],
    ...plain.flatMap((name) => everywhere(name, 'not-enrolled no-group')),
    ...groupsAt.map(([name, region]): [string, string] => [`${name} ${region}`, 'refreshed']),
  ]);
}

const outcomes = ({ targets }: RolloutView): Record<string, string> =>
  Object.fromEntries(
    targets.map((target) => [`${target.accountName} ${target.region}`, outcomeText(target)]),
  );

async function open(settings: Partial<WorldSettings>): Promise<RolloutStage> {
  const stage = await RolloutStage.open({
    otherRegions: regions.slice(1),
    rootAccounts: ['outside'],
    units: [{ name: 'workloads', accounts: [...plain, ...special].map((name) => ({ name })) }],
    settings,
  });
  const { fleet } = stage;
  await takeInvokerName(fleet, fleet.place('taken'));
  await fleet.close('suspended');
  await stage.deploy({ BakeSeconds: '0', WaveBakeMinutes: '0', Waves: '1,50%,100%' });
  // Their stacks are there by now.
  await fleet.close('closed');
  await fleet.leaveUnit(fleet.place('left'), 'workloads');
  await removeInvokerTrust(fleet, fleet.place('refusing'));
  return stage;
}

describe('an organization of 25 accounts in three Regions', () => {
  it.each([
    { pages: 'of AWS’s own size', settings: {} },
    { pages: 'of at most two items', settings: { pageSizeMax: 2 } },
  ])(
    'gives every account and Region its outcome, with pages $pages',
    async ({ settings }) => {
      const stage = await open(settings);
      const places = groupsAt.map(([name, region]): Place => stage.fleet.place(name, region));
      await deployCustomers(stage.fleet, places, customerTemplate(['SingleGroup']));
      const view = await stage.ship('harden.sh');
      expect(view.record).toMatchObject({ state: 'completed', waves: [1, 2, 3], wavesDone: 3 });
      expect(outcomes(view)).toEqual(expected());
      expect(view.targets).toHaveLength((plain.length + special.length + 3) * regions.length);
      expect(await rolloutBreaches(stage, places)).toEqual([]);
    },
    120_000,
  );
});
