import { createHash } from 'node:crypto';
import { faults, type Fate, type FunctionCall, type World } from '@golden/emulator';
import { nameOf } from './call-faults.ts';

/** A number in [0, 1) that follows from a seed and what it is for. */
const chance = (seed: number, ...what: readonly (string | number)[]): number =>
  createHash('sha256')
    .update([seed, ...what].join('\n'))
    .digest()
    .readUInt32BE(0) /
  2 ** 32;

const delayMsMax = 3_000;
export const faultKinds = ['delayed', 'killed', 'throttled', 'lost'] as const;
type FaultKind = (typeof faultKinds)[number];
/** Of all calls. */
const shares: Readonly<Record<FaultKind, number>> = {
  delayed: 0.1,
  killed: 0.05,
  throttled: 0.03,
  lost: 0.02,
};
/** The engine repeats a step four times, Lambda an event twice: so something always gets through. */
const deathsInARowMax = 2;
/** Functions that events run, of which several may be under way at a time: each of those counts. */
const eventDriven = ['StartBuild', 'FanOut', 'RevokeImage'];

interface Deaths {
  count: number;
  lastInvocation: number;
  inARow: number;
}

/**
 * Lets the calls of all functions of a world go wrong as a seed says, the handlers in the workload accounts included: late,
 * throttled, lost, and the end of their function. The same seed says the same in every world, as far as the functions do the
 * same there.
 *
 * @returns the kinds of what has gone wrong so far
 */
export function unleash(world: World, seed: number): ReadonlySet<FaultKind> {
  const happened = new Set<FaultKind>();
  const firsts = new Map<string, number>();
  const deaths = new Map<string, Deaths>();
  faults(world).onCall((call) => {
    const key = `${call.account} ${call.functionName}`;
    const first = firsts.get(key) ?? call.invocation;
    firsts.set(key, first);
    const name = nameOf(call.functionName);
    const what = [name, call.invocation - first, call.callNumber];
    const kind = kindOf(chance(seed, ...what));
    if (kind === undefined || (kind === 'killed' && !mayDie(deaths, { key, name, call })))
      return 'proceed';
    happened.add(kind);
    return fateOf(kind, chance(seed, ...what, 'how'));
  });
  return happened;
}

const kindOf = (drawn: number): FaultKind | undefined => {
  let limit = 0;
  return faultKinds.find((kind) => drawn < (limit += shares[kind]));
};

/** @param how from 0 to 1 */
function fateOf(kind: FaultKind, how: number): Fate {
  switch (kind) {
    case 'delayed':
      return { delayMs: Math.round(delayMsMax * how) };
    case 'throttled':
      return { error: { code: 'ThrottlingException', status: 400 } };
    case 'lost':
      return { lose: how < 0.5 ? 'request' : 'answer' };
    case 'killed':
      return how < 0.5 ? 'kill-before' : 'kill-after';
    default:
      return kind satisfies never;
  }
}

/** Peace again. */
export const calm = (world: World): void => {
  faults(world).onCall(undefined);
};

function mayDie(
  deaths: Map<string, Deaths>,
  { key, name, call }: { key: string; name: string; call: FunctionCall },
): boolean {
  const known = deaths.get(key) ?? { count: 0, lastInvocation: 0, inARow: 0 };
  const inARow = known.lastInvocation === call.invocation - 1 ? known.inARow + 1 : 1;
  const isEventDriven = eventDriven.includes(name) || name.endsWith('-handler');
  if ((isEventDriven ? known.count + 1 : inARow) > deathsInARowMax) return false;
  deaths.set(key, { count: known.count + 1, lastInvocation: call.invocation, inARow });
  return true;
}
