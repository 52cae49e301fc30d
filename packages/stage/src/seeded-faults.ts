import { faults, type Fate, type FunctionCall, type World } from '@golden/emulator';
import { Draw } from './draw.ts';

/** `delayed` still comes in time; `hung` gets no answer until its function's time is up. */
export const faultKinds = ['delayed', 'hung', 'killed', 'throttled', 'failed', 'lost'] as const;
export type FaultKind = (typeof faultKinds)[number];
/** Of all calls. */
export type FaultShares = Readonly<Record<FaultKind, number>>;

export const usualShares: FaultShares = {
  delayed: 0.1,
  hung: 0,
  killed: 0.05,
  throttled: 0.03,
  failed: 0,
  lost: 0.02,
};

/** A service answers no function for a while. */
export interface Outage {
  /** Its name in IAM actions. */
  readonly service: string;
  /** Only this operation; undefined for all. */
  readonly operation?: string;
  /** Only for functions of this account; undefined for all. */
  readonly account?: string;
  readonly kind: 'throttled' | 'failed' | 'lost';
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

/** Something that went wrong. */
export interface Strike {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly account: string;
  /** `FinishRollout`; a handler of a workload account by its whole name. */
  readonly name: string;
  readonly operation: string;
  readonly kind: FaultKind;
  readonly isOutage: boolean;
}

const delayMsMax = 3_000;
/** The engine repeats a step four times, Lambda an event twice: so something always gets through. */
const deathsInARowMax = 2;
/** Lambda has given an event up by then, or it has got through. */
const eventRetriesMs = 15 * 60_000;
/** Functions that events run, of which several may be under way at a time: each of those counts. */
const eventDriven = ['StartBuild', 'FanOut', 'RevokeImage'];

/** `golden-images-FinishRolloutHandlerFunction-...` -> `FinishRollout` */
export const nameOf = (functionName: string): string =>
  /^golden-images-(\w+?)HandlerFunction-/.exec(functionName)?.[1] ?? functionName;

interface Deaths {
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  readonly lastInvocation: number;
  readonly inARow: number;
}

/**
 * Lets the calls of all functions of a world go wrong as a seed says, the handlers in the workload accounts included: late,
 * throttled, failed, lost, and the end of their function. The same seed says the same in every world, as far as the functions
 * do the same there.
 */
export class SeededFaults {
  readonly strikes: Strike[] = [];
  readonly #world: World;
  readonly #draw: Draw;
  readonly #shares: FaultShares;
  readonly #outages: readonly Outage[];
  readonly #firsts = new Map<string, number>();
  readonly #deaths = new Map<string, Deaths>();

  constructor(
    world: World,
    options: {
      readonly seed: string;
      readonly shares?: FaultShares;
      readonly outages?: readonly Outage[];
    },
  ) {
    this.#world = world;
    this.#draw = new Draw(options.seed);
    this.#shares = options.shares ?? usualShares;
    this.#outages = options.outages ?? [];
    faults(world).onCall((call) => this.#judge(call));
  }

  /** Peace again. */
  calm(): void {
    faults(this.#world).onCall(undefined);
  }

  #judge(call: FunctionCall): Fate {
    const key = `${call.account} ${call.region} ${call.functionName}`;
    const first = this.#firsts.get(key) ?? call.invocation;
    this.#firsts.set(key, first);
    const name = nameOf(call.functionName);
    const outage = this.#outages.find((one) => this.#isStruck(one, call));
    if (outage) return this.#strike(call, { kind: outage.kind, how: 0, isOutage: true });
    const what = [name, call.account, call.region, call.invocation - first, call.callNumber];
    const kind = this.#kindOf(this.#draw.share('fault', ...what));
    if (kind === undefined) return 'proceed';
    const isDeath = kind === 'killed' || kind === 'hung';
    if (isDeath && !this.#mayDie(key, { name, call })) return 'proceed';
    return this.#strike(call, { kind, how: this.#draw.share('how', ...what), isOutage: false });
  }

  #isStruck(outage: Outage, call: FunctionCall): boolean {
    const { service, operation, account, from, until } = outage;
    const { now } = this.#world.scheduler;
    return (
      service === call.service &&
      (operation === undefined || operation === call.operation) &&
      (account === undefined || account === call.account) &&
      now >= from &&
      now < until
    );
  }

  #kindOf(drawn: number): FaultKind | undefined {
    let limit = 0;
    return faultKinds.find((kind) => drawn < (limit += this.#shares[kind]));
  }

  #strike(
    { account, functionName, operation }: FunctionCall,
    { kind, how, isOutage }: { kind: FaultKind; how: number; isOutage: boolean },
  ): Fate {
    const at = this.#world.scheduler.now;
    this.strikes.push({ at, account, name: nameOf(functionName), operation, kind, isOutage });
    return fateOf(kind, how);
  }

  #mayDie(key: string, { name, call }: { name: string; call: FunctionCall }): boolean {
    const { now } = this.#world.scheduler;
    const known = this.#deaths.get(key) ?? { at: [], lastInvocation: 0, inARow: 0 };
    const inARow = known.lastInvocation === call.invocation - 1 ? known.inARow + 1 : 1;
    const at = [...known.at.filter((before) => before > now - eventRetriesMs), now];
    const isEventDriven = eventDriven.includes(name) || name.endsWith('-handler');
    if ((isEventDriven ? at.length : inARow) > deathsInARowMax) return false;
    this.#deaths.set(key, { at, lastInvocation: call.invocation, inARow });
    return true;
  }
}

/** @param how from 0 to 1 */
function fateOf(kind: FaultKind, how: number): Fate {
  switch (kind) {
    case 'delayed':
      return { delayMs: Math.round(delayMsMax * how) };
    case 'hung':
      return { hang: how < 0.5 ? 'request' : 'answer' };
    case 'throttled':
      return { error: { code: 'ThrottlingException', status: 400 } };
    case 'failed':
      return how < 0.5
        ? { error: { code: 'InternalFailure', status: 500 } }
        : { error: { code: 'ServiceUnavailable', status: 503 } };
    case 'lost':
      return { lose: how < 0.5 ? 'request' : 'answer' };
    case 'killed':
      return how < 0.5 ? 'kill-before' : 'kill-after';
    default:
      return kind satisfies never;
  }
}
