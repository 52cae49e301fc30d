import { describe, expect, it } from '@jest/globals';
import type { Catcher, Retrier } from './definition.ts';
import { decideRetry, findCatcher } from './retry.ts';

const aRetrier = (parts: Partial<Retrier> = {}): Retrier => ({
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 2,
  MaxAttempts: 3,
  BackoffRate: 2,
  JitterStrategy: 'NONE',
  ...parts,
});

const decide = (
  retriers: readonly Retrier[],
  error: string,
  options: { readonly attempts?: readonly (readonly [number, number])[]; chance?: number } = {},
) =>
  decideRetry({
    retriers,
    error,
    attempts: new Map(options.attempts ?? []),
    chance: () => options.chance ?? 0.5,
  });

const aCatcher = (Next: string, ...ErrorEquals: readonly string[]): Catcher => ({
  ErrorEquals,
  Next,
});

describe('decideRetry', () => {
  it('multiplies the interval by the rate with every attempt', () => {
    const delays = [0, 1, 2].map((used) => decide([aRetrier()], 'E', { attempts: [[0, used]] }));
    expect(delays).toStrictEqual([
      { retrierIndex: 0, delayMs: 2_000 },
      { retrierIndex: 0, delayMs: 4_000 },
      { retrierIndex: 0, delayMs: 8_000 },
    ]);
  });

  it('ends when the attempts are used up, and at once with none', () => {
    expect(decide([aRetrier()], 'E', { attempts: [[0, 3]] })).toBeUndefined();
    expect(decide([aRetrier({ MaxAttempts: 0 })], 'E')).toBeUndefined();
  });

  it('leaves an error to its first retrier even when that one is used up', () => {
    const retriers = [aRetrier({ ErrorEquals: ['E'], MaxAttempts: 1 }), aRetrier()];
    expect(decide(retriers, 'E', { attempts: [[0, 1]] })).toBeUndefined();
    expect(decide(retriers, 'F', { attempts: [[0, 1]] })?.retrierIndex).toBe(1);
  });

  it('caps the delay at MaxDelaySeconds', () => {
    const retriers = [aRetrier({ MaxDelaySeconds: 5 })];
    expect(decide(retriers, 'E', { attempts: [[0, 2]] })?.delayMs).toBe(5_000);
  });

  it('draws the delay between 0 and the computed one with full jitter, after the cap', () => {
    const retriers = [aRetrier({ JitterStrategy: 'FULL', MaxDelaySeconds: 5 })];
    expect(decide(retriers, 'E', { attempts: [[0, 2]], chance: 0.25 })?.delayMs).toBe(1_250);
    expect(decide(retriers, 'E', { chance: 0 })?.delayMs).toBe(0);
  });

  it('never retries States.Runtime, and States.DataLimitExceeded only by name', () => {
    expect(decide([aRetrier({ ErrorEquals: ['States.Runtime'] })], 'States.Runtime')).toBe(
      undefined,
    );
    expect(decide([aRetrier()], 'States.DataLimitExceeded')).toBeUndefined();
    const named = aRetrier({ ErrorEquals: ['States.DataLimitExceeded'] });
    expect(decide([named], 'States.DataLimitExceeded')?.retrierIndex).toBe(0);
  });
});

describe('findCatcher', () => {
  it('takes the first catcher that matches', () => {
    const catchers = [aCatcher('A', 'X', 'E'), aCatcher('B', 'E'), aCatcher('C', 'States.ALL')];
    expect(findCatcher(catchers, 'E')?.Next).toBe('A');
    expect(findCatcher(catchers, 'F')?.Next).toBe('C');
    expect(findCatcher(catchers.slice(0, 2), 'F')).toBeUndefined();
  });

  it('lets States.ALL stand for everything but States.Runtime and States.DataLimitExceeded', () => {
    const all = [aCatcher('A', 'States.ALL')];
    expect(findCatcher(all, 'States.Timeout')?.Next).toBe('A');
    expect(findCatcher(all, 'States.QueryEvaluationError')?.Next).toBe('A');
    expect(findCatcher(all, 'States.Runtime')).toBeUndefined();
    expect(findCatcher(all, 'States.DataLimitExceeded')).toBeUndefined();
    expect(findCatcher([aCatcher('B', 'States.Runtime')], 'States.Runtime')?.Next).toBe('B');
  });

  it('lets States.TaskFailed stand for everything but timeouts', () => {
    const failed = [aCatcher('A', 'States.TaskFailed')];
    expect(findCatcher(failed, 'Lambda.TooManyRequestsException')?.Next).toBe('A');
    expect(findCatcher(failed, 'States.Timeout')).toBeUndefined();
    expect(findCatcher(failed, 'States.HeartbeatTimeout')).toBeUndefined();
  });

  it('lets States.Timeout stand for a missing heartbeat, but not the other way round', () => {
    expect(findCatcher([aCatcher('A', 'States.Timeout')], 'States.HeartbeatTimeout')?.Next).toBe(
      'A',
    );
    expect(
      findCatcher([aCatcher('A', 'States.HeartbeatTimeout')], 'States.Timeout'),
    ).toBeUndefined();
  });
});
