import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anInstant, anOrder, aRolloutId } from '../model/rollout-builders.ts';
import type { LineLock } from '../model/rollout.ts';
import type { BuildOrder } from '../model/rollout-id.ts';
import { afterRelease, afterStop, decideAcquire, standingOf } from './rollout-line.ts';

/** One execution that wants the line, as it sees itself. */
interface Execution {
  executionArn: string;
  n: number;
  state: 'applies' | 'holds' | 'ended' | 'died';
  superseded?: BuildOrder;
}

/** What executions do to one line, in whatever order, each step as the handlers take it. */
class Line {
  lock: LineLock = {};
  seconds = 0;
  readonly executions: Execution[];
  /** Orders in the order in which they had the line. */
  readonly acquired: BuildOrder[] = [];

  constructor(ns: readonly number[]) {
    // Two executions of one build: the second one was started by hand.
    this.executions = ns.map((n, index) => ({
      executionArn: `arn:execution:${index}`,
      n,
      state: 'applies',
    }));
  }

  isAlive(executionArn: string): boolean {
    const { state } = this.executions.find((one) => one.executionArn === executionArn)!;
    return state === 'applies' || state === 'holds';
  }

  apply(one: Execution): void {
    if (one.state !== 'applies') return;
    const { holder } = this.lock;
    const before = this.lock;
    const decision = decideAcquire(
      this.lock,
      {
        rolloutId: aRolloutId(one.n),
        order: anOrder(one.n),
        executionArn: one.executionArn,
        startedAt: anInstant().iso,
      },
      {
        now: anInstant(this.seconds),
        holderIsAlive: holder !== undefined && this.isAlive(holder.executionArn),
      },
    );
    if ('lock' in decision) this.lock = decision.lock;
    if (decision.kind === 'superseded') {
      one.state = 'ended';
      one.superseded = decision.by;
      expect(decision.by >= anOrder(one.n)).toBe(true);
      expect(this.lock).toEqual(before);
    }
    if (decision.kind === 'take') {
      expect(decision.dead).toEqual(holder);
      one.state = 'holds';
      this.acquired.push(anOrder(one.n));
    }
    if (decision.kind === 'wait') expect(decision.waitSeconds).toBeGreaterThan(0);
  }

  die(one: Execution): void {
    if (one.state === 'applies' || one.state === 'holds') one.state = 'died';
  }

  release(one: Execution): void {
    if (one.state !== 'holds') return;
    this.lock = afterRelease(this.lock, one.executionArn) ?? this.lock;
    one.state = 'ended';
  }

  stop(one: Execution): void {
    const stop = { code: 'late-rollback', sentence: 'a group went back' } as const;
    this.lock = afterStop(this.lock, aRolloutId(one.n), stop) ?? this.lock;
  }

  check(): void {
    const holders = this.executions.filter(({ state }) => state === 'holds');
    expect(holders.length).toBeLessThanOrEqual(1);
    for (const { executionArn } of holders)
      expect(this.lock.holder?.executionArn).toBe(executionArn);
    expect(this.acquired).toEqual([...new Set(this.acquired)].toSorted());
    const { holder, highestWaiting } = this.lock;
    if (!holder) return;
    expect(this.lock.highestAcquired).toBe(holder.order);
    const standing = standingOf(this.lock, holder.rolloutId);
    const goes = holder.stop === undefined && highestWaiting === holder.order;
    expect(standing.kind).toBe(goes ? 'go' : 'stop');
    if (holder.stop === undefined && !goes)
      expect(standing).toMatchObject({ stop: { code: 'superseded' } });
  }
}

const acts = ['apply', 'apply', 'apply', 'die', 'release', 'stop'] as const;
const executions = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 });
const history = fc.array(fc.tuple(fc.constantFrom(...acts), fc.nat(5)), { maxLength: 40 });

const played = (ns: readonly number[], steps: readonly [(typeof acts)[number], number][]): Line => {
  const line = new Line(ns);
  for (const [act, index] of steps) {
    line.seconds += 60;
    line[act](line.executions[index % ns.length]!);
    line.check();
  }
  return line;
};

describe('a line', () => {
  it('has one holder at most, and what had it only grows, whatever its executions do', () => {
    fc.assert(
      fc.property(executions, history, (ns, steps) => {
        expect(played(ns, steps).executions).toHaveLength(ns.length);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps nobody waiting once its holders release it or die', () => {
    fc.assert(
      fc.property(executions, history, fc.boolean(), (ns, steps, dies) => {
        const line = played(ns, steps);
        // In every round the one that has the line goes, and everyone who waits asks once.
        for (let round = 0; round < ns.length; round += 1) {
          for (const one of line.executions)
            if (one.state === 'holds') line[dies ? 'die' : 'release'](one);
          for (const one of line.executions) line.apply(one);
          line.check();
        }
        expect(line.executions.filter(({ state }) => state === 'applies')).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('goes to the newest of those that wait, and ends all others, when its holder has died', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 2, max: 9 }), { minLength: 1 }), (ns) => {
        const line = new Line([1, ...ns]);
        const [first, ...waiting] = line.executions;
        line.apply(first!);
        for (const one of waiting) line.apply(one);
        line.die(first!);
        for (const one of waiting) line.apply(one);
        const newest = Math.max(...ns);
        for (const { n, state, superseded = '' } of waiting) {
          expect([n, state]).toEqual([n, n === newest ? 'holds' : 'ended']);
          expect(superseded > anOrder(n)).toBe(n !== newest);
        }
      }),
    );
  });
});
