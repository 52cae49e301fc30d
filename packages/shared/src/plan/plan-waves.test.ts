import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aGroupRecord, anInstant, aTarget } from '../model/rollout-builders.ts';
import { targetName } from '../model/target.ts';
import type { TargetRecord } from '../model/target.ts';
import { groupStates } from '../payload/workload-response.ts';
import { outcomeCounts, planWaves } from './plan-waves.ts';
import type { WavePlanSettings } from './plan-waves.ts';

const now = anInstant(600);
const settings: WavePlanSettings = { waves: '1,100%', canaryAccounts: [] };
const plan = (targets: readonly TargetRecord[], changes: Partial<WavePlanSettings> = {}) =>
  planWaves(targets, { ...settings, ...changes }, now);

/** A target that was surveyed and has no wave yet, with one group for each state. */
const surveyed = (account: string, ...states: (typeof groupStates)[number][]): TargetRecord => {
  const { wave: _, ...target } = aTarget({
    account,
    groups: states.map((state, index) => aGroupRecord({ group: `group-${index}`, state })),
  });
  return target;
};
const notEnrolled: TargetRecord = {
  ...surveyed('900000000009'),
  ended: { outcome: 'not-enrolled', reason: 'no-stack' },
  endedAt: anInstant(-300).iso,
};
const [one, two, three] = ['100000000001', '200000000002', '300000000003'] as const;

describe('planWaves', () => {
  it('puts what can be moved into waves, canaries first, each target with its wave', () => {
    const targets = [surveyed(one, 'ready'), surveyed(two, 'ready'), surveyed(three, 'ready')];
    const planned = plan(targets, { canaryAccounts: [three] });
    expect(planned).toEqual({
      kind: 'planned',
      waves: [
        [{ ...targets[2], wave: 1 }],
        [
          { ...targets[0], wave: 2 },
          { ...targets[1], wave: 2 },
        ],
      ],
      settled: [],
    });
  });

  it.each([
    ['a group is blocked and another can be moved', surveyed(one, 'skipped', 'ready')],
    ['a group could not be read', surveyed(one, 'up-to-date', 'unknown')],
  ])('moves a target of which %s', (_, target) => {
    expect(plan([target])).toMatchObject({ waves: [[{ account: one }]], settled: [] });
  });

  it('has nothing to do where every target is up to date, and says so', () => {
    const target = surveyed(one, 'up-to-date', 'up-to-date');
    expect(plan([target, notEnrolled])).toEqual({
      kind: 'planned',
      waves: [],
      settled: [{ ...target, ended: { outcome: 'up-to-date' }, endedAt: now.iso }, notEnrolled],
    });
  });

  it('settles what cannot be moved with the reason of its worst group', () => {
    const block = { reason: 'boot-mode', sentence: 'the boot modes differ' };
    const target = {
      ...surveyed(one),
      groups: [
        aGroupRecord({ group: 'api', state: 'up-to-date' }),
        aGroupRecord({ state: 'skipped', block }),
      ],
    };
    expect(plan([target, surveyed(two, 'ready')])).toMatchObject({
      kind: 'planned',
      settled: [
        {
          account: one,
          ended: {
            outcome: 'skipped',
            reason: 'boot-mode',
            sentence: 'web: the boot modes differ',
          },
          endedAt: now.iso,
        },
      ],
    });
  });

  it('calls a target unreachable of whose survey nothing is recorded', () => {
    expect(plan([surveyed(one), surveyed(two, 'ready')]).settled).toEqual([
      expect.objectContaining({
        account: one,
        ended: expect.objectContaining({ outcome: 'unreachable', reason: 'not-surveyed' }),
      }),
    ]);
  });

  it('leaves an outcome alone that a target has already, whatever its groups say', () => {
    const ended = { ...surveyed(one, 'ready'), ended: { outcome: 'unreachable' as const } };
    expect(plan([ended, surveyed(two, 'ready')])).toMatchObject({
      waves: [[{ account: two }]],
      settled: [ended],
    });
  });

  it.each([
    ['nobody is enrolled', [notEnrolled], /\(1 not-enrolled\)/],
    [
      'every group is blocked',
      [surveyed(one, 'skipped'), notEnrolled],
      /1 skipped, 1 not-enrolled/,
    ],
    ['nobody could be asked', [surveyed(one)], /\(1 unreachable\)/],
    ['there is no account', [], /the organization has no account/],
  ])('refuses where %s, and counts what became of the targets', (_, targets, counts) => {
    const refused = plan(targets);
    expect(refused).toMatchObject({
      kind: 'refused',
      stop: { code: 'no-target', sentence: expect.stringMatching(counts) },
    });
    expect(refused.settled).toHaveLength(targets.length);
  });

  it('refuses waves that cannot be followed, and still settles what would not have moved', () => {
    const targets = [
      surveyed(one, 'ready'),
      surveyed(two, 'skipped'),
      surveyed(three),
      notEnrolled,
    ];
    const refused = plan(targets, { waves: '50%,10%' });
    expect(refused).toMatchObject({
      kind: 'refused',
      stop: { code: 'waves-invalid', sentence: expect.stringContaining('"50%,10%"') },
    });
    expect(refused.settled.map(({ account, ended }) => [account, ended?.outcome])).toEqual([
      [two, 'skipped'],
      [three, 'unreachable'],
      ['900000000009', 'not-enrolled'],
    ]);
  });

  it('refuses bad waves also where nothing would move', () => {
    expect(plan([surveyed(one, 'up-to-date')], { waves: '' })).toMatchObject({
      stop: { code: 'waves-invalid' },
    });
  });

  it('gives every target either a wave or an outcome', () => {
    const state = fc.constantFrom(...groupStates);
    fc.assert(
      fc.property(fc.array(fc.array(state, { maxLength: 4 }), { maxLength: 12 }), (fleet) => {
        const targets = fleet.map((states, index) => surveyed(String(index), ...states));
        const result = plan(targets, { waves: '1,30%,100%' });
        const moved = result.kind === 'planned' ? result.waves.flat() : [];
        expect([...moved, ...result.settled].map(targetName).toSorted()).toEqual(
          targets.map(targetName).toSorted(),
        );
        expect(moved.every(({ wave, ended }) => wave !== undefined && !ended)).toBe(true);
        expect(result.settled.every(({ wave, ended }) => !wave && ended)).toBe(true);
      }),
    );
  });
});

describe('outcomeCounts', () => {
  it('counts targets by outcome, best first, and leaves out what has none', () => {
    const ended = (outcome: 'failed' | 'refreshed') => aTarget({ ended: { outcome } });
    const counts = outcomeCounts([ended('failed'), ended('refreshed'), ended('failed'), aTarget()]);
    expect(Object.entries(counts)).toEqual([
      ['refreshed', 1],
      ['failed', 2],
    ]);
  });
});
