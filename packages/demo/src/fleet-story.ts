import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { groupShapes } from '@golden/stage/customer-template.ts';
import { type FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { shapeOf, type GroupView } from '@golden/stage/group-view.ts';
import type { Expectations } from './expectations.ts';
import type { Narrator } from './narrator.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Which accounts the organization of the story has, and where. */
export const fleetPlan = {
  units: [
    {
      name: 'workloads',
      accounts: [{ name: 'workload-1' }, { name: 'workload-2' }, { name: 'workload-closed' }],
    },
    { name: 'batch', accounts: [{ name: 'batch-1' }] },
  ],
  targets: ['workloads', 'batch'],
  rootAccounts: ['outside'],
  closed: 'workload-closed',
} as const;

/** The story of one organization: the StackSet, one account's groups on a good image and on bad ones, an account that joins. */
export class FleetStory {
  readonly #stage: FleetStage;
  readonly #expect: Expectations;
  readonly #narrator: Narrator;

  constructor(stage: FleetStage, expect: Expectations, narrator: Narrator) {
    this.#stage = stage;
    this.#expect = expect;
    this.#narrator = narrator;
  }

  /** @param good the image that the groups move to first */
  async tell(good: VersionRecord): Promise<void> {
    const place = this.#stage.place('workload-1');
    await this.#isWhereItBelongs();
    await this.#findsGroups(place, good);
    await this.#movesThem(place, good);
    await this.#movesNothingTwice(place, good);
    await this.#takesBack(place, { payload: 'drops-awslogs-driver.sh', reason: 'alarm' });
    await this.#takesBack(place, { payload: 'wrong-cluster.sh', reason: 'agent-not-registered' });
    await this.#welcomes();
  }

  #chapter(title: string): void {
    this.#expect.chapter(title);
    this.#narrator.chapter(title);
  }

  #equal(promise: string, seen: unknown, wanted: unknown): void {
    this.#expect.equal(promise, seen, wanted);
    this.#narrator.checked();
  }

  async #isWhereItBelongs(): Promise<void> {
    this.#chapter('The StackSet has brought the workload template');
    const { home, otherRegions, management, infra } = this.#stage.infra;
    const regions = [home, ...otherRegions].sort();
    const at = await this.#stackStatuses();
    for (const name of ['workload-1', 'workload-2', 'batch-1'])
      this.#equal(
        `${name} has it in each Region`,
        at.get(this.#stage.place(name).account.id),
        regions.map((region) => `${region} SUCCEEDED`),
      );
    this.#equal(
      'the suspended account is skipped',
      at.get(this.#stage.place(fleetPlan.closed).account.id),
      regions.map((region) => `${region} SKIPPED_SUSPENDED_ACCOUNT`),
    );
    this.#equal(
      'management, infra and the account outside of the units have none',
      [management.id, infra.id, this.#stage.place('outside').account.id].map((id) => at.has(id)),
      [false, false, false],
    );
  }

  /** `<region> <status>` of each stack instance, by account. */
  async #stackStatuses(): Promise<ReadonlyMap<string, readonly string[]>> {
    const byAccount = Map.groupBy(
      await this.#stage.stackInstances(),
      ({ Account = '' }) => Account,
    );
    return new Map(
      [...byAccount].map(([account, instances]) => [
        account,
        instances
          .map(
            ({ Region = '', StackInstanceStatus: status }) =>
              `${Region} ${status?.DetailedStatus ?? ''}`,
          )
          .sort(),
      ]),
    );
  }

  async #findsGroups(place: Place, good: VersionRecord): Promise<void> {
    this.#chapter('A customer has five groups on the image of Amazon');
    await this.#stage.deployCustomer(place);
    const groups = await this.#stage.groups(place);
    this.#equal('their shapes', [...groups.keys()], [...groupShapes].sort());
    const reports = await this.#stage.reports(
      place,
      this.#stage.request(place, good, { action: 'survey' }),
    );
    for (const { group, state, warnings = [] } of reports)
      this.#narrator.say(
        `${shapeOf(group).padEnd(14)} ${state}: ${warnings.map(({ sentence }) => sentence).join('; ')}`,
      );
    this.#equal(
      'a survey finds each ready',
      reports.map(({ state }) => state),
      groupShapes.map(() => 'ready'),
    );
    this.#equal('and changes none', await this.#stage.groups(place), groups);
  }

  async #movesThem(place: Place, good: VersionRecord): Promise<void> {
    this.#chapter(`They move to ${good.version}`);
    const reports = await this.#roll(place, good);
    this.#equal(
      'each group is refreshed',
      states(reports),
      groupShapes.map(() => 'refreshed'),
    );
    const groups = await this.#stage.groups(place);
    const image = good.amis?.[place.region] ?? '';
    this.#equal(
      'every instance runs the new image',
      runningImages(groups),
      groupShapes.map(() => [image]),
    );
    this.#equal(
      'every group is saved on a number',
      [...groups.values()].every(({ saved, overrides }) =>
        [saved, ...overrides].every((version) => /^\d+$/.test(version)),
      ),
      true,
    );
  }

  async #movesNothingTwice(place: Place, good: VersionRecord): Promise<void> {
    this.#chapter('The same image once more');
    const before = await this.#stage.groups(place);
    const from = this.#stage.world.journal.entries.length;
    const reports = await this.#roll(place, good, 'again');
    this.#equal(
      'each is up to date',
      states(reports),
      groupShapes.map(() => 'up-to-date'),
    );
    const changes = this.#stage.world.journal.entries
      .slice(from)
      .filter(
        ({ account, kind, writes, service }) =>
          account === place.account.id &&
          kind === 'call' &&
          writes === true &&
          ['autoscaling', 'ec2', 'kms'].includes(service),
      );
    this.#equal('nothing is called that changes anything', changes, []);
    this.#equal('nothing has changed', await this.#stage.groups(place), before);
  }

  async #takesBack(place: Place, bad: { payload: string; reason: string }): Promise<void> {
    this.#chapter(`${bad.payload} passes the image test and is bad all the same`);
    const before = await this.#stage.groups(place);
    const version = await this.#stage.build(bad.payload);
    const from = this.#stage.world.journal.entries.length;
    const reports = await this.#roll(place, version);
    this.#equal(
      `each group goes back: ${bad.reason}`,
      reports.map(({ state, reason }) => [state, reason]),
      groupShapes.map(() => ['rolled-back', bad.reason]),
    );
    const after = await this.#stage.groups(place);
    this.#equal('each is saved on what it ran before', saved(after), saved(before));
    this.#equal('and its instances run that', running(after), running(before));
    this.#say(from, version.amis?.[place.region] ?? '');
    // An alarm outlasts the last error by some periods.
    await this.#stage.world.scheduler.runFor(hour / 2);
  }

  /** What a bad image cost: instances that were launched from it, and how long until AWS took the groups back. */
  #say(from: number, image: string): void {
    const entries = this.#stage.world.journal.entries.slice(from);
    const eventsNamed = (name: string) =>
      entries.filter(
        ({ name: entry, detail }) =>
          entry === 'event-published' &&
          JSON.stringify(detail).includes(
            `"detail-type":"EC2 Auto Scaling Instance Refresh ${name}"`,
          ),
      );
    const begun = eventsNamed('Started').at(0)?.at;
    const back = eventsNamed('Rollback Started').at(0)?.at;
    const done = eventsNamed('Rollback Succeeded').at(-1)?.at;
    const exposed = entries.filter(
      ({ name, error, detail }) =>
        name === 'RunInstances' &&
        error === undefined &&
        String(detail['resource']).endsWith(image),
    ).length;
    const minutes = (to: string | undefined): string =>
      begun === undefined || to === undefined
        ? '?'
        : ((Date.parse(to) - Date.parse(begun)) / minute).toFixed(1);
    this.#narrator.say(
      `rollback began ${minutes(back)} minutes after the first refresh and ended after ${minutes(done)}; ${exposed} instances were launched from the bad image`,
    );
  }

  async #welcomes(): Promise<void> {
    this.#chapter('An account joins a unit');
    const place = await this.#stage.join('workload-new', 'batch');
    await this.#stage.world.scheduler.runFor(hour / 2);
    const { home, otherRegions } = this.#stage.infra;
    this.#equal(
      'it gets the stack by itself',
      (await this.#stackStatuses()).get(place.account.id),
      [home, ...otherRegions].sort().map((region) => `${region} SUCCEEDED`),
    );
    const [good] = (await this.#stage.infra.versions()).filter(
      ({ state }) => state === 'available',
    );
    if (!good) throw new Error('no version is available');
    this.#equal(
      'its handler answers',
      await this.#stage.reports(place, this.#stage.request(place, good, { action: 'survey' })),
      [],
    );
  }

  #roll(place: Place, version: VersionRecord, suffix = '1'): Promise<readonly ExplainedReport[]> {
    return this.#stage.roll(
      place,
      version,
      `golden-${version.version.replaceAll('.', '-')}-${suffix}`,
    );
  }
}

type Groups = ReadonlyMap<string, GroupView>;

const states = (reports: readonly ExplainedReport[]): readonly string[] =>
  reports.map(({ state }) => state);
const saved = (groups: Groups) =>
  [...groups].map(([shape, view]) => [shape, view.saved, view.overrides]);
const running = (groups: Groups) => [...groups].map(([shape, view]) => [shape, view.running]);
const runningImages = (groups: Groups) =>
  [...groups.values()].map((view) => [
    ...new Set(view.running.map((instance) => instance.split(' ')[1])),
  ]);
