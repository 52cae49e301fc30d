import { hash } from 'node:crypto';
import { Draw } from '@golden/stage/draw.ts';
import { findErrorAlarm, raiseAlarm } from '@golden/stage/error-alarm.ts';
import { SafetyWatch } from '@golden/stage/safety-watch.ts';
import { SeededFaults, type Outage, type Strike } from '@golden/stage/seeded-faults.ts';
import { openFleet, type Fleet } from './fleet.ts';
import { act, type Deed } from './owners.ts';
import { payloadKey, payloadText, shipmentOf } from './payloads.ts';
import { isBadImage, type Scenario } from './scenario.ts';
import { unrest } from './stillness.ts';
import { judge, type Verdict } from './verdict.ts';

const minute = 60_000;
/** What is late has come by then, and Lambda has repeated what failed. */
const restMs = 12 * minute;
const lookMs = minute;

/** What one run has come to. */
export interface RunResult {
  readonly verdict: Verdict;
  readonly strikes: readonly Strike[];
  readonly deeds: readonly Deed[];
  /** Each ended rollout: `<fortune> <state>`. */
  readonly ends: readonly string[];
  readonly eventsLost: number;
  readonly journalEntries: number;
  /** SHA-256 of the whole journal: the same for the same scenario. */
  readonly journalDigest: string;
  readonly virtualHours: number;
  /** Virtual minutes from the end of the faults until everything was at rest. */
  readonly restMinutes: number;
  /** The last lines of the journal. */
  readonly lastLines: readonly string[];
}

/** An alarm of ECS errors that somebody raised by hand. */
export interface RaisedAlarm {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly account: string;
  readonly region: string;
  /** The shipment that it came after. */
  readonly shipment: number;
}

/** Everything of a run that its verdict is made of. */
export interface Run {
  readonly scenario: Scenario;
  readonly fleet: Fleet;
  readonly watch: SafetyWatch;
  readonly strikes: readonly Strike[];
  readonly deeds: readonly Deed[];
  /** Index of a shipment -> when it was uploaded, milliseconds since 1970. */
  readonly uploads: ReadonlyMap<number, number>;
  /** When alarms were raised by hand, and where. */
  readonly alarms: readonly RaisedAlarm[];
  /** What was still under way when time was up. */
  readonly unrest: readonly string[];
}

/**
 * Runs one scenario from its first upload until everything has come to rest, and judges it.
 *
 * @param template the infra template, instead of the one that `pnpm synth` wrote
 */
export async function simulate(scenario: Scenario, template?: string): Promise<RunResult> {
  const fleet = await openFleet(scenario, template);
  return new Simulation(scenario, fleet).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #fleet: Fleet;
  readonly #watch: SafetyWatch;
  readonly #faults: SeededFaults;
  readonly #deeds: Deed[] = [];
  readonly #uploads = new Map<number, number>();
  readonly #alarms: RaisedAlarm[] = [];
  readonly #began: number;
  readonly #entriesBefore: number;
  #calmAt = Number.POSITIVE_INFINITY;
  #nextAct = 0;

  constructor(scenario: Scenario, fleet: Fleet) {
    this.#scenario = scenario;
    this.#fleet = fleet;
    this.#began = fleet.world.scheduler.now;
    this.#entriesBefore = fleet.world.journal.entries.length;
    this.#watch = new SafetyWatch(fleet.stage, {
      concurrency: Number(scenario.parameters['RolloutConcurrency'] ?? 100),
      forbidden: fleet.forbidden,
      isBadVersion: (n) => this.#isBad(n),
    });
    this.#faults = new SeededFaults(fleet.world, {
      seed: `calls ${scenario.seed}`,
      shares: scenario.shares,
      outages: scenario.outages.map((outage): Outage => {
        const from = this.#began + outage.fromMinutes * minute;
        const { service, operation, kind, account } = outage;
        return {
          service,
          kind,
          ...(operation !== undefined && { operation }),
          from,
          until: from + outage.minutes * minute,
          ...(account !== undefined && { account: fleet.stage.fleet.place(account).account.id }),
        };
      }),
    });
  }

  async run(): Promise<RunResult> {
    const { shipments, calm } = this.#scenario;
    for (const [index, { after, fortune }] of shipments.entries()) {
      if (index > 0) await (after === 'rest' ? this.#rest() : this.#pass(after * minute));
      const isLast = index === shipments.length - 1;
      if (isLast && calm === 'before-last') this.#calm();
      await this.#upload(index);
      if (isLast && calm !== 'before-last') this.#calmAt = this.#now + calm * minute;
      if (fortune === 'late') await this.#fault(index);
    }
    await this.#rest();
    if (this.#calmAt > this.#now) this.#calm();
    const left = await this.#rest();
    return this.#result(left);
  }

  get #now(): number {
    return this.#fleet.world.scheduler.now;
  }

  get #isBroken(): boolean {
    return this.#watch.breaches.length > 0;
  }

  #isBad(n: number): boolean {
    const key = this.#watch.state.versions.get(n)?.payload.key ?? '';
    const shipment = this.#scenario.shipments[shipmentOf(key) ?? -1];
    return shipment !== undefined && isBadImage(shipment.fortune);
  }

  async #upload(index: number): Promise<void> {
    const { fortune } = this.#scenario.shipments[index] ?? { fortune: 'good' };
    this.#uploads.set(index, this.#now);
    await this.#fleet.stage.fleet.infra.upload(
      payloadKey(fortune, index),
      payloadText(fortune, index),
    );
  }

  /** An alarm goes off at one place after a good image has arrived. */
  async #fault(index: number): Promise<void> {
    await this.#rest();
    const draw = new Draw(`late ${this.#scenario.seed}`);
    const place = draw.pick(this.#fleet.places, index);
    if (this.#fleet.world.directory.get(place.account.id)?.state !== 'ACTIVE') return;
    // Its stack may have been taken away, and the alarm with it.
    if ((await findErrorAlarm(this.#fleet.stage.fleet, place)) === undefined) return;
    this.#alarms.push({
      at: this.#now,
      account: place.account.id,
      region: place.region,
      shipment: index,
    });
    await raiseAlarm(this.#fleet.stage.fleet, place);
  }

  #calm(): void {
    this.#faults.calm();
    this.#calmAt = this.#now;
  }

  /** Lets time pass, with what is due in it; stops at the first breach. */
  async #pass(ms: number): Promise<void> {
    const { scheduler } = this.#fleet.world;
    const until = this.#now + ms;
    while (this.#now < until && !this.#isBroken) {
      const due = this.#nextDue();
      if (await scheduler.runUntil(() => this.#isBroken, Math.min(due, until) - this.#now)) return;
      if (this.#now >= this.#calmAt) this.#faults.calm();
      await this.#actIfDue();
    }
  }

  #nextDue(): number {
    const next = this.#scenario.acts[this.#nextAct];
    const actAt = next ? this.#began + next.minutes * minute : Number.POSITIVE_INFINITY;
    const calmAt = this.#calmAt > this.#now ? this.#calmAt : Number.POSITIVE_INFINITY;
    return Math.max(this.#now, Math.min(actAt, calmAt));
  }

  async #actIfDue(): Promise<void> {
    for (;;) {
      const next = this.#scenario.acts[this.#nextAct];
      if (!next || this.#began + next.minutes * minute > this.#now) return;
      this.#nextAct += 1;
      this.#deeds.push(await act(this.#fleet.stage, this.#scenario, next));
    }
  }

  /**
   * Waits until everything has been at rest for a while.
   *
   * @returns what is still under way when its time is up
   */
  async #rest(): Promise<readonly string[]> {
    const limit = this.#now + restLimitMs(this.#scenario);
    let still = 0;
    let found: readonly string[] = [];
    while (still < restMs && this.#now < limit && !this.#isBroken) {
      await this.#pass(lookMs);
      found = unrest(this.#fleet, this.#watch, this.#deeds);
      still = found.length === 0 ? still + lookMs : 0;
    }
    return found;
  }

  async #result(left: readonly string[]): Promise<RunResult> {
    this.#watch.end();
    const { world } = this.#fleet;
    const restedAt = this.#now;
    const verdict = await judge({
      scenario: this.#scenario,
      fleet: this.#fleet,
      watch: this.#watch,
      strikes: this.#faults.strikes,
      deeds: this.#deeds,
      uploads: this.#uploads,
      alarms: this.#alarms,
      unrest: left,
    });
    const { entries } = world.journal;
    const lines = entries.slice(-40).map((entry) => JSON.stringify(entry));
    return {
      verdict,
      strikes: this.#faults.strikes,
      deeds: this.#deeds,
      ends: [...this.#watch.state.rollouts.values()].map(({ record }) => {
        const key = this.#watch.state.versions.get(record.n)?.payload.key ?? '';
        const shipment = this.#scenario.shipments[shipmentOf(key) ?? -1];
        return `${shipment?.fortune ?? 'unknown'} ${record.state}`;
      }),
      eventsLost: entries.filter(({ name }) => name === 'event-lost').length,
      journalEntries: entries.length - this.#entriesBefore,
      journalDigest: hash('sha256', world.journal.toJsonLines()),
      virtualHours: (restedAt - this.#began) / 3_600_000,
      restMinutes: Math.max(0, (restedAt - this.#calmAt - restMs) / minute),
      lastLines: lines,
    };
  }
}

/**
 * By then everything has come to rest once nothing goes wrong any more: builds and repeated steps within hours, and each wave of
 * each rollout within its own time-outs, its bake and an hour of silence, twice for the looks afterwards. With a concurrency of
 * one its targets wait for each other.
 */
function restLimitMs({ parameters, shipments, accounts }: Scenario): number {
  const number = (name: string): number => Number(parameters[name] ?? 0);
  const targets = accounts.reduce((sum, { places }) => sum + places.length, 0);
  const atATime = Math.min(targets, number('RolloutConcurrency') || targets);
  const perTarget = number('RefreshTimeoutMinutes') + 2 * number('RollbackTimeoutMinutes') + 2 * 60;
  const turns = Math.ceil(targets / atATime) + 3;
  return (12 * 60 + shipments.length * turns * (perTarget + number('WaveBakeMinutes'))) * minute;
}
