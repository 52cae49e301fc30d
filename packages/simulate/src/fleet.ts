import type { World } from '@golden/emulator';
import { customerTemplate } from '@golden/stage/customer-template.ts';
import { deployCustomers } from '@golden/stage/deploy-customers.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { takeInvokerName } from '@golden/stage/owner-acts.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';
import { homeRegion } from './draw-scenario.ts';
import { units, type PlaceOfGroups, type Scenario, type Stray, type Unit } from './scenario.ts';

/** Where each stray is. */
const strayUnits: Readonly<Record<Exclude<Stray, 'outside'>, Unit>> = {
  closed: 'workloads',
  taken: 'batch',
};

/** The organization of a scenario, with everything deployed and at rest. */
export interface Fleet {
  readonly stage: RolloutStage;
  readonly world: World;
  /** Every account and Region with groups that follow the line. */
  readonly places: readonly Place[];
  /** Ids of accounts in no unit: nobody may ever ask them. */
  readonly forbidden: ReadonlySet<string>;
}

/** @param template the infra template, instead of the one that `pnpm synth` wrote */
export async function openFleet(scenario: Scenario, template?: string): Promise<Fleet> {
  const stage = await RolloutStage.open({
    settings: { ...scenario.world, seed: scenario.seed },
    home: homeRegion,
    otherRegions: scenario.otherRegions,
    units: units.map((name) => ({ name, accounts: accountsOf(scenario, name) })),
    targets: units,
    rootAccounts: scenario.strays.filter((stray) => stray === 'outside'),
  });
  if (template !== undefined) stage.fleet.infra.template = template;
  const { fleet } = stage;
  await settleStrays(stage, scenario);
  await stage.deploy({
    ParentWatch: 'DISABLED',
    ...scenario.parameters,
    CanaryAccounts: scenario.canaries.map((name) => fleet.place(name).account.id).join(','),
  });
  const places = await settleCustomers(stage, scenario);
  await fleet.infra.confirmNotices();
  return {
    stage,
    world: fleet.world,
    places,
    forbidden: new Set([
      fleet.infra.management.id,
      fleet.infra.infra.id,
      fleet.infra.stranger.id,
      ...scenario.strays
        .filter((stray) => stray === 'outside')
        .map((stray) => fleet.place(stray).account.id),
    ]),
  };
}

function accountsOf({ accounts, strays }: Scenario, unit: Unit): { name: string }[] {
  return [
    ...accounts.filter((account) => account.unit === unit).map(({ name }) => name),
    ...strays.filter((stray) => stray !== 'outside' && strayUnits[stray] === unit),
  ].map((name) => ({ name }));
}

async function settleStrays({ fleet }: RolloutStage, { strays }: Scenario): Promise<void> {
  if (strays.includes('outside'))
    await deployCustomers(fleet, [fleet.place('outside')], customerTemplate(['SingleGroup']));
  if (strays.includes('taken')) await takeInvokerName(fleet, fleet.place('taken'));
  if (strays.includes('closed')) await fleet.close('closed');
}

async function settleCustomers(stage: RolloutStage, scenario: Scenario): Promise<Place[]> {
  const { fleet } = stage;
  const all = scenario.accounts.flatMap(({ name, places }) =>
    places.map(({ region, shapes }) => ({ ...fleet.place(name, region), shapes })),
  );
  // A group that is saved on an alias is set to it by hand, one account after the other.
  const [byHand, atOnce] = [all.filter(isByHand), all.filter((one) => !isByHand(one))];
  for (const place of byHand) await fleet.deployCustomer(place, { shapes: place.shapes });
  await deployCustomers(fleet, atOnce, ({ shapes }) => customerTemplate(shapes));
  return all;
}

const isByHand = ({ shapes }: Pick<PlaceOfGroups, 'shapes'>): boolean =>
  shapes.includes('LatestGroup');
