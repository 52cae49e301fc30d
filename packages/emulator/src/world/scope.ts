import type { Principal } from '../iam/principal.ts';
import type { Timer } from './scheduler.ts';
import type { World } from './world.ts';

/** The part of an SDK command that the world needs; the SDK's command classes fit. */
export interface SdkCommand<I extends object, O extends object> {
  readonly input: I;
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (args: never) => Promise<{ output: O }>;
}

export interface SendOptions {
  /** Who calls. Services act as a service principal, a service-linked role, or on behalf of their caller. */
  readonly as: Principal;
  readonly account?: string;
  readonly region?: string;
  /** Services that the call came through, for `aws:CalledVia` and `aws:ViaAWSService`. */
  readonly via?: readonly string[];
}

/** One account in one Region of a world: where a service looks when it works by itself. */
export class Scope {
  readonly world: World;
  readonly account: string;
  readonly region: string;
  /** The service that works here; part of every id stream and journal line. */
  readonly service: string;

  constructor(options: { world: World; account: string; region: string; service: string }) {
    this.world = options.world;
    this.account = options.account;
    this.region = options.region;
    this.service = options.service;
  }

  /** Virtual time, milliseconds since 1970. */
  get now(): number {
    return this.world.scheduler.now;
  }

  get date(): Date {
    return new Date(this.now);
  }

  /** Another place of the same world. */
  at(place: { account?: string; region?: string; service?: string }): Scope {
    return new Scope({
      world: this.world,
      account: place.account ?? this.account,
      region: place.region ?? this.region,
      service: place.service ?? this.service,
    });
  }

  /** An ARN of this service in this place, e.g. `arn('queue-name')`; `service` overrides the prefix. */
  arn(
    resource: string,
    options: { service?: string; region?: string; account?: string } = {},
  ): string {
    const { service = this.service, region = this.region, account = this.account } = options;
    return `arn:aws:${service}:${region}:${account}:${resource}`;
  }

  #stream(kind: string): string {
    return `${this.account}/${this.region}/${this.service}/${kind}`;
  }

  /** A new resource id such as `ami-0123456789abcdef0` (17 hexadecimal digits after the prefix). */
  newId(prefix: string, digits = 17): string {
    return `${prefix}-${this.hex(prefix, digits)}`;
  }

  hex(kind: string, digits: number): string {
    return this.world.entropy.hex(this.#stream(kind), digits);
  }

  code(kind: string, length: number): string {
    return this.world.entropy.code(this.#stream(kind), length);
  }

  uuid(kind: string): string {
    return this.world.entropy.uuid(this.#stream(kind));
  }

  /** A number in [0, 1) that follows from the seed, this place and the kind. */
  chance(kind: string): number {
    return this.world.entropy.chance(this.#stream(kind));
  }

  between(kind: string, min: number, max: number): number {
    return this.world.entropy.between(this.#stream(kind), min, max);
  }

  /** How much later than usual a delivery arrives, in milliseconds: the share and the most are settings of the world. */
  lateMs(): number {
    const { lateShare, lateMsMax } = this.world.settings;
    return this.chance('late') < lateShare ? this.between('late-by', 0, lateMsMax) : 0;
  }

  /** Does something later in virtual time. */
  after(delayMs: number, label: string, run: () => unknown): Timer {
    return this.world.scheduler.after(delayMs, `${this.service}:${label}`, run);
  }

  /** Notes in the journal what the service brought about itself. */
  record(name: string, detail: Readonly<Record<string, unknown>>): void {
    this.world.journal.append({
      at: this.date.toISOString(),
      account: this.account,
      region: this.region,
      kind: 'event',
      service: this.service,
      name,
      detail,
    });
  }

  /**
   * Calls another service as AWS's own services do: with the same checks as a call from outside, without the wire.
   *
   * @throws AwsError as a client would see it
   */
  async send<I extends object, O extends object>(
    command: SdkCommand<I, O>,
    options: SendOptions,
  ): Promise<O> {
    return this.world.send(command, { account: this.account, region: this.region, ...options });
  }
}
