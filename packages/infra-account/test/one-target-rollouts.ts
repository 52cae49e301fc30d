import { inbox, type WorldSettings } from '@golden/emulator';
import { parseVersionText } from '@golden/shared/model/image-version.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import { examplePayload, type Place } from '@golden/stage/fleet-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';

const minute = 60_000;
/** What is late has come by then, and Lambda has repeated what failed. */
const messagesSettle = 6 * minute;
/** An alarm outlasts the last error by some periods, and no refresh starts before it is OK again. */
const alarmSettles = 30 * minute;

/** What becomes of an image: `late` is good, and an alarm takes it back after its rollout. */
export type Fortune = 'good' | 'bad' | 'late';

const payloads: Readonly<Record<Fortune, string>> = {
  good: 'harden.sh',
  late: 'harden.sh',
  bad: 'drops-awslogs-driver.sh',
};

/** Where a rollout left everything, without ids and times: the same whatever went wrong on the way. */
interface FinalState {
  /** `before`: the image that was there when the rollout began; `this`: its own. */
  readonly running: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** `<direction> <status>` of each refresh, oldest first. */
  readonly refreshes: readonly string[];
  readonly stable: string | undefined;
  readonly lock: unknown;
  readonly version: unknown;
  readonly rollout: unknown;
  readonly waves: unknown;
  readonly targets: unknown;
  /** Messages that a service gave up. */
  readonly lost: readonly string[];
}

export interface Outcome {
  readonly state: FinalState;
  /** How often each subject was mailed about this version. */
  readonly mails: Readonly<Record<string, number>>;
}

/** What a service notes in the journal when it gives a message up. */
const givenUp = [
  'event-dropped',
  'moved-to-dead-letter-queue',
  'delivery-failed',
  'event-delivery-failed',
];

/** A tag about a rollout before this one: it depends on which those were. */
const aboutAnother = /golden-(?:<version before>|1-0-\d+)-/;

/** One account with one group, to which one image after the other is shipped. */
export class OneTargetRollouts {
  readonly stage: RolloutStage;
  readonly place: Place;
  #shipped = 0;

  private constructor(stage: RolloutStage) {
    this.stage = stage;
    this.place = stage.fleet.place('workload-1');
  }

  /**
   * A first image is there.
   *
   * @param options.bakes so long that a bad image shows itself; without, only good ones are shipped, and faster
   */
  static async open(options: {
    readonly settings: Partial<WorldSettings>;
    readonly bakes: boolean;
  }): Promise<OneTargetRollouts> {
    const stage = await RolloutStage.open({ otherRegions: [], settings: options.settings });
    await stage.deploy({
      Waves: '100%',
      WaveBakeMinutes: '0',
      BakeSeconds: options.bakes ? '900' : '0',
      ParentWatch: 'DISABLED',
    });
    const rollouts = new OneTargetRollouts(stage);
    await stage.fleet.deployCustomer(rollouts.place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
    const { state } = await rollouts.ship('good');
    if (state.stable !== '<version>') throw new Error(`no first image: ${JSON.stringify(state)}`);
    return rollouts;
  }

  /** Uploads a payload and waits until its image is where it ends, and nothing is under way any more. */
  async ship(fortune: Fortune): Promise<Outcome> {
    const { stage } = this;
    const { scheduler, journal } = stage.fleet.world;
    const began = { ms: scheduler.now, entries: journal.entries.length, mails: this.#mails.length };
    const before = await this.#stableVersion();
    const name = payloads[fortune];
    this.#shipped += 1;
    // The same bytes once more would be nothing new.
    const version = await stage.publish(name, `${examplePayload(name)}# ${this.#shipped}\n`);
    await stage.ended(version);
    await scheduler.runFor(messagesSettle);
    if (fortune === 'late') await raiseAlarm(this.stage.fleet, this.place);
    if (fortune !== 'good') await scheduler.runFor(alarmSettles);
    return this.#outcome({ version, before, began });
  }

  get #mails(): readonly { subject: string }[] {
    return inbox(this.stage.fleet.world, 'platform@example.com');
  }

  async #stableVersion(): Promise<VersionRecord | undefined> {
    const n = parseVersionText((await this.stage.stable()) ?? '');
    return n === undefined ? undefined : this.stage.fleet.infra.store.version(n);
  }

  async #outcome(of: {
    version: VersionRecord;
    before: VersionRecord | undefined;
    began: { ms: number; entries: number; mails: number };
  }): Promise<Outcome> {
    const { stage, place } = this;
    const { infra, world } = stage.fleet;
    const { began } = of;
    const version = await infra.store.version(of.version.n);
    const view = await stage.rollout(of.version);
    if (!version || !view) throw new Error(`version ${of.version.version} has no rollout`);
    const name = namer(version, of.before);
    const [group] = (await stage.fleet.groups(place)).values();
    const refreshes = await stage.refreshes(place);
    const mails = this.#mails
      .slice(began.mails)
      .map(({ subject }) => name(subject))
      .filter((subject) => subject.startsWith('golden ') && subject.includes('<version>'));
    const { state, cause, reason, reachedAt, noticedAt } = version;
    return {
      mails: Object.fromEntries(
        [...Map.groupBy(mails.sort(), (subject) => subject)].map(([subject, { length }]) => [
          subject,
          length,
        ]),
      ),
      state: {
        // The number of a template's version grows from image to image.
        running: (group?.running ?? []).map((instance) => name(instance.replace(/^\d+ /, ''))),
        tags: Object.fromEntries(
          Object.entries(group?.tags ?? {})
            .filter(([key]) => key.startsWith('golden:'))
            .map(([key, value]) => [key, name(value).replace(/(lt-\w+):\d+/, '$1')] as const)
            .filter(([, value]) => !aboutAnother.test(value)),
        ),
        refreshes: refreshes
          .filter(({ startedAt }) => startedAt >= began.ms)
          .map(({ direction, status }) => `${direction} ${status}`),
        stable: name(await stage.stable()),
        lock: name((await stage.store.lock()).value),
        version: name({ state, cause, reason, reachedAt, noticedAt }),
        rollout: name({ ...view.record, n: undefined }),
        waves: name(view.waves),
        targets: name(view.targets),
        lost: world.journal.entries
          .slice(began.entries)
          .filter((entry) => givenUp.includes(entry.name))
          .map((entry) => `${entry.name} ${JSON.stringify(entry.detail)}`),
      },
    };
  }
}

/** Puts words for everything that differs from one rollout to the next: ids, times, images and versions. */
const namer = (version: VersionRecord, before: VersionRecord | undefined) => {
  const words: readonly (readonly [RegExp, string])[] = [
    ...wordsOf(version, { image: '<this>', version: '<version>' }),
    ...(before ? wordsOf(before, { image: '<before>', version: '<version before>' }) : []),
    [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
    [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<id>'],
  ];
  return <T>(value: T): T =>
    value === undefined
      ? value
      : (JSON.parse(
          words.reduce(
            (text, [found, word]) => text.replaceAll(found, word),
            JSON.stringify(value),
          ),
        ) as T);
};

const wordsOf = (
  { n, version, amis = {} }: VersionRecord,
  words: { readonly image: string; readonly version: string },
): [RegExp, string][] => [
  ...Object.values(amis).map((ami): [RegExp, string] => [new RegExp(ami, 'g'), words.image]),
  [new RegExp(`${version.replaceAll('.', '\\.')}(?![0-9])`, 'g'), words.version],
  // In the id of a rollout and in the order of builds.
  [new RegExp(`1-0-${n}-(?=[0-9])`, 'g'), `${words.version}-`],
  [new RegExp(`${String(n).padStart(10, '0')}(?=\\.)`, 'g'), words.version],
];

export const mailCount = (mails: Outcome['mails']): number =>
  Object.values(mails).reduce((sum, count) => sum + count, 0);
