import { faults, type Fate, type FunctionCall, type World } from '@golden/emulator';
import { nameOf } from '@golden/stage/seeded-faults.ts';

/** A call of a function, by what the invocation has done so far: the same in every world. */
export interface NamedCall {
  /** `FinishRollout` */
  readonly name: string;
  /** All operations of the invocation up to this one. */
  readonly operations: readonly string[];
}

/** A death or another fault, where it struck. */
export interface Strike extends NamedCall {
  readonly fate: Fate;
}

/** The functions that a rollout runs in the infra account; how an image is built has tests of its own. */
const isOfRollout = (name: string): boolean => name !== 'StartBuild' && !name.endsWith('-handler');

/** `FanOut GetItem 2`: the second of its kind, because the order of calls that are made at the same time may vary. */
export const callText = ({ name, operations }: NamedCall): string => {
  const operation = operations.at(-1) ?? '';
  return `${name} ${operation} ${operations.filter((other) => other === operation).length}`;
};

/** Says what becomes of a call; undefined for nothing. */
export type Judge = (call: FunctionCall & NamedCall) => Fate | undefined;

/** Watches the calls of a rollout's functions, and lets something go wrong at some of them. */
export class CallFaults {
  readonly calls: NamedCall[] = [];
  readonly strikes: Strike[] = [];
  readonly #operations = new Map<string, string[]>();

  constructor(world: World, judge: Judge) {
    faults(world).onCall((call) => {
      const name = nameOf(call.functionName);
      if (!isOfRollout(name)) return 'proceed';
      const operations = this.#note(call);
      this.calls.push({ name, operations });
      const fate = judge({ ...call, name, operations });
      if (fate === undefined) return 'proceed';
      this.strikes.push({ name, operations, fate });
      return fate;
    });
  }

  #note({ functionName, invocation, operation }: FunctionCall): readonly string[] {
    const key = `${functionName} ${invocation}`;
    const operations = [...(this.#operations.get(key) ?? []), operation];
    this.#operations.set(key, operations);
    return operations;
  }
}

/**
 * The calls of each function one after the other, those of different functions side by side: a rollout in which each function
 * dies at one of its calls shows as much as one for each of them.
 */
export function sideBySide(calls: readonly NamedCall[]): ReadonlySet<string>[] {
  const byFunction = Map.groupBy(calls, ({ name }) => name);
  const texts = [...byFunction.values()].map((own) => [...new Set(own.map(callText))]);
  const roundsMax = Math.max(...texts.map(({ length }) => length));
  return Array.from(
    { length: roundsMax },
    (_, round) => new Set(texts.flatMap((own) => own.slice(round, round + 1))),
  );
}

/** Every invocation that comes to one of these calls dies there; the one that repeats it lives. */
export const deathAt = (calls: ReadonlySet<string>, fate: 'kill-before' | 'kill-after'): Judge => {
  const lastDeaths = new Map<string, number>();
  return (call) => {
    if (!calls.has(callText(call))) return undefined;
    if (lastDeaths.get(call.functionName) === call.invocation - 1) return undefined;
    lastDeaths.set(call.functionName, call.invocation);
    return fate;
  };
};

/**
 * Every call meets the same fault at its first try. The next try is the SDK's, or another invocation where the SDK tries but once.
 */
export const firstTryOfEach = (fate: Fate): Judge => {
  const struckBefore = new Set<string>();
  return ({ functionName, operation }) => {
    const key = `${functionName} ${operation}`;
    if (struckBefore.delete(key)) return undefined;
    struckBefore.add(key);
    return fate;
  };
};

export const isWrite = (operation: string): boolean =>
  !/^(Get|Query|Describe|List)/.test(operation);

/**
 * Whether people are told twice: nobody wrote down or heard that the e-mail was on its way. The other order would
 * tell them never.
 */
export const tellsTwice = ({ operations, fate }: Strike): boolean => {
  if (typeof fate === 'object')
    return 'lose' in fate && fate.lose === 'answer' && operations.at(-1) === 'Publish';
  const done = fate === 'kill-after' ? operations : operations.slice(0, -1);
  const told = done.lastIndexOf('Publish');
  return told >= 0 && !done.slice(told + 1).some(isWrite);
};
