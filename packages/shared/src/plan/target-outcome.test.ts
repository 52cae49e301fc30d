import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aReport } from '../model/rollout-builders.ts';
import { targetOutcomes } from '../model/target.ts';
import { groupStates } from '../payload/workload-response.ts';
import { isOpen, spendsBudget, worstOf } from './target-outcome.ts';

const bestFirst = ['up-to-date', 'refreshed', 'skipped', 'rolled-back', 'failed'];

describe('isOpen', () => {
  it.each(groupStates)('knows whether %s is an outcome', (state) => {
    expect(isOpen(aReport({ state }))).toBe(!bestFirst.includes(state));
  });
});

describe('worstOf', () => {
  it('is nothing while no group has an outcome', () => {
    expect(worstOf([])).toBeUndefined();
    expect(worstOf([aReport({ state: 'moving' }), aReport({ state: 'unknown' })])).toBeUndefined();
  });

  it('says nothing more of what went well', () => {
    expect(worstOf([aReport({ state: 'refreshed' })])).toEqual({ outcome: 'refreshed' });
  });

  it('takes reason and sentence from the worst group, and names it', () => {
    const block = { reason: 'boot-mode', sentence: 'the boot modes differ' };
    const reports = [
      aReport({ group: 'api', state: 'skipped', block }),
      aReport({ group: 'web', state: 'rolled-back', reason: 'alarm', detail: 'it fired' }),
      aReport({ group: 'jobs', state: 'refreshed', detail: 'all is well' }),
    ];
    expect(worstOf(reports)).toEqual({
      outcome: 'rolled-back',
      reason: 'alarm',
      sentence: 'web: it fired',
    });
    expect(worstOf(reports.slice(0, 1))).toEqual({
      outcome: 'skipped',
      reason: 'boot-mode',
      sentence: 'api: the boot modes differ',
    });
  });

  it('takes the first of those that are equally bad', () => {
    const groups = ['api', 'web'].map((group) =>
      aReport({ group, state: 'failed', reason: group, detail: 'bad' }),
    );
    expect(worstOf(groups)).toMatchObject({ reason: 'api' });
  });

  it('is as bad as the worst group, whichever order they come in', () => {
    const states = fc.array(fc.constantFrom(...groupStates));
    fc.assert(
      fc.property(states, (some) => {
        const outcome = worstOf(some.map((state) => aReport({ state })))?.outcome;
        const rank = Math.max(-1, ...some.map((state) => bestFirst.indexOf(state)));
        expect(outcome).toBe(bestFirst[rank]);
      }),
    );
  });
});

describe('spendsBudget', () => {
  it.each(targetOutcomes)('knows whether %s counts against the wave', (outcome) => {
    expect(spendsBudget(outcome)).toBe(['failed', 'rolled-back', 'unreachable'].includes(outcome));
  });
});
