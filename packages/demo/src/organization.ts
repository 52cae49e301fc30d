import { removeInvokerTrust, takeInvokerName } from '@golden/stage/owner-acts.ts';
import { customerTemplate, groupShapes, type GroupShape } from '@golden/stage/customer-template.ts';
import { deployCustomers } from '@golden/stage/deploy-customers.ts';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';
import { allRegions, type Size } from './size.ts';
import { units, workloadNames } from './workload-names.ts';

/** The accounts that do not follow, each for a reason of its own. */
export const strays = {
  outside: 'outside',
  suspended: 'workload-closed',
  distrustful: 'batch-locked',
  occupied: 'batch-taken',
} as const;

/** How long a wave is watched before the next one begins. */
export const waveBakeMs = 10 * 60_000;

/** Every third account has a group of two. */
const usualShapes: readonly GroupShape[] = ['SingleGroup', 'SingleGroup', 'NumberedGroup'];

/** The organization in which the story takes place, with those who own accounts in it. */
export class Organization {
  readonly stage: RolloutStage;
  regions: readonly string[];
  /** Names of the accounts that follow the line, unit by unit in turn. */
  readonly workloads: readonly string[];
  readonly canary = 'workload-1';
  /** The target that moves first: of the canary account, the first Region by name. */
  readonly canaryTarget: Place;
  /** Every account and Region with groups. */
  readonly places: Place[] = [];
  /** Those of the strays, where nothing may ever move. */
  readonly strayPlaces: Place[] = [];

  readonly #canaryShapes: readonly GroupShape[];
  readonly #joined: string[] = [];

  private constructor(
    stage: RolloutStage,
    made: { regions: string[]; workloads: string[]; canaryShapes: readonly GroupShape[] },
  ) {
    this.stage = stage;
    this.regions = made.regions;
    this.workloads = made.workloads;
    this.canaryTarget = stage.fleet.place(this.canary, made.regions.toSorted()[0]);
    this.#canaryShapes = made.canaryShapes;
  }

  /** @param options.startsAt when virtual time begins, ISO 8601; unless given, always the same moment */
  static async open(
    options: { readonly seed: string; readonly startsAt?: string } & Size,
  ): Promise<Organization> {
    const { seed, startsAt, accounts } = options;
    const regions = allRegions.slice(0, options.regions);
    const names = workloadNames(accounts);
    const accountsOf = (unit: (typeof units)[number], ...more: string[]) => ({
      name: unit,
      accounts: [
        ...names.filter((one) => one.unit === unit).map(({ name }) => ({ name })),
        ...more.map((name) => ({ name })),
      ],
    });
    const stage = await RolloutStage.open({
      settings: { seed, ...(startsAt !== undefined && { startsAt }) },
      home: allRegions[0],
      otherRegions: regions.slice(1),
      units: [
        accountsOf('workloads', strays.suspended),
        accountsOf('batch', strays.distrustful, strays.occupied),
      ],
      targets: units,
      rootAccounts: [strays.outside],
    });
    const { canaryShapes = groupShapes } = options;
    return new Organization(stage, {
      regions,
      workloads: names.map(({ name }) => name),
      canaryShapes,
    });
  }

  get fleet(): FleetStage {
    return this.stage.fleet;
  }

  /** The Region that the story adds. */
  get newRegion(): string {
    const region = allRegions[this.regions.length];
    if (region === undefined) throw new Error('there is no Region left to add');
    return region;
  }

  /** Deploys the infra stack, or updates it; what is not said keeps the story's value. */
  async deploy(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.stage.deploy({
      CanaryAccounts: this.fleet.place(this.canary).account.id,
      BakeSeconds: '120',
      WaveBakeMinutes: String(waveBakeMs / 60_000),
      ...Object.fromEntries(
        this.regions.slice(1).map((region, index) => [`Region${index + 2}`, region]),
      ),
      ...changes,
    });
  }

  /** Those who own the strays have groups as well, and make what keeps them out before anything is deployed. */
  async strayEarly(): Promise<void> {
    const { fleet } = this;
    await takeInvokerName(fleet, fleet.place(strays.occupied));
    const places = Object.values(strays).map((name) => fleet.place(name));
    await deployCustomers(fleet, places, customerTemplate(['SingleGroup']));
    // Nobody looks into a suspended account any more.
    this.strayPlaces.push(...places.filter(({ account }) => account.name !== strays.suspended));
    await fleet.close(strays.suspended);
  }

  /** One owner closes the door behind the StackSet. */
  async strayLate(): Promise<void> {
    await removeInvokerTrust(this.fleet, this.fleet.place(strays.distrustful));
  }

  /** Every account that follows gets the customer's stack in each Region at the same time. */
  async settle(): Promise<void> {
    await this.addCustomer(this.canaryTarget, this.shapesAt(this.canaryTarget));
    const places = this.workloads
      .flatMap((name) => this.regions.map((region) => this.fleet.place(name, region)))
      .filter((place) => !this.#isCanary(place));
    await deployCustomers(this.fleet, places, (place) => customerTemplate(this.shapesAt(place)));
    this.places.push(...places);
  }

  async addCustomer(place: Place, shapes: readonly GroupShape[]): Promise<void> {
    await this.fleet.deployCustomer(place, { shapes });
    this.places.push(place);
  }

  /** The canary target has groups of every shape, all others are small. */
  shapesAt(place: Place): readonly GroupShape[] {
    if (this.#isCanary(place)) return this.#canaryShapes;
    const index = this.workloads.indexOf(place.account.name);
    return [usualShapes[index % usualShapes.length] ?? 'SingleGroup'];
  }

  /** Where a team deploys what an image does not run: the last account that follows. */
  get latePlace(): Place {
    return this.fleet.place(this.workloads.at(-1) ?? this.canary);
  }

  /** The infra stack is updated to one more Region. */
  async addRegion(): Promise<void> {
    this.regions = [...this.regions, this.newRegion];
    await this.deploy();
  }

  /** An account joins a unit. */
  async join(name: string, unit: (typeof units)[number]): Promise<Place> {
    const place = await this.fleet.join(name, unit);
    this.#joined.push(name);
    return place;
  }

  /** `<account> <Region>` of all accounts that the organization has, in every Region of the line. */
  everywhere(): string[] {
    const { accounts } = this.fleet.infra.organization;
    return ['management', ...accounts.keys(), ...this.#joined]
      .flatMap((name) => this.regions.map((region) => `${name} ${region}`))
      .sort();
  }

  #isCanary({ account, region }: Place): boolean {
    const { canaryTarget } = this;
    return account === canaryTarget.account && region === canaryTarget.region;
  }
}
