import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aSha256, aVersion, anAmi } from '../model/test-builders.ts';
import { versionStates } from '../model/version-state.ts';
import type { VersionState } from '../model/version-state.ts';
import { baselineOf, planParentWatch } from './parent-watch.ts';

const oldParent = anAmi('1');
const newParent = anAmi('2');
const other = { payload: { ...aVersion().payload, sha256: aSha256('b') } };
const onNewParent = (n: number, state: VersionState) =>
  aVersion({ n, state, parentAmi: newParent });

describe('baselineOf', () => {
  it('prefers what the fleet runs to what is newer', () => {
    const versions = [
      aVersion({ n: 9 }),
      aVersion({ n: 8, state: 'stable' }),
      aVersion({ n: 7, state: 'stable' }),
    ];
    expect(baselineOf(versions)?.n).toBe(8);
  });

  it('is the newest available version where nothing was rolled out', () => {
    expect(
      baselineOf([aVersion({ n: 9, state: 'failed' }), aVersion({ n: 8 }), aVersion({ n: 7 })])?.n,
    ).toBe(8);
  });
});

describe('planParentWatch', () => {
  it.each([
    ['there is no version', [], 'no-baseline'],
    ['nothing ever became available', [aVersion({ state: 'failed' })], 'no-baseline'],
    ['the parent is the same', [onNewParent(7, 'available')], 'parent-unmoved'],
    ['something builds', [aVersion({ n: 8, state: 'building', ...other }), aVersion()], 'busy'],
    ['something rolls out', [aVersion({ n: 8, state: 'rolling-out' }), aVersion()], 'busy'],
  ])('is idle when %s', (_, versions, why) => {
    expect(planParentWatch(versions, newParent)).toEqual({ kind: 'idle', why });
  });

  it('builds the baseline again when the parent moved', () => {
    const baseline = aVersion({ parentAmi: oldParent });
    expect(planParentWatch([baseline], newParent)).toEqual({ kind: 'build', baseline, attempt: 0 });
  });

  it('does not let a claim that never started stop it', () => {
    const versions = [aVersion({ n: 8, state: 'claimed', ...other }), aVersion()];
    expect(planParentWatch(versions, newParent)).toMatchObject({ kind: 'build' });
  });

  it.each(['failed', 'cancelled', 'halted', 'revoked', 'rejected'] as const)(
    'is blocked by the same pair that is %s',
    (state) => {
      const by = onNewParent(8, state);
      expect(planParentWatch([by, aVersion()], newParent)).toEqual({
        kind: 'blocked',
        by,
        reason: `version 1.0.8 from the same bytes on the same parent is ${state}`,
      });
    },
  );

  it('is blocked by a pair that failed before the baseline was even built', () => {
    const versions = [aVersion({ n: 9 }), onNewParent(3, 'failed')];
    expect(planParentWatch(versions, newParent)).toMatchObject({ kind: 'blocked' });
  });

  it.each([
    ['other bytes on the new parent', { ...onNewParent(8, 'failed'), ...other }],
    ['the same bytes on the old parent', aVersion({ n: 8, state: 'failed' })],
  ])('is not blocked by %s', (_, failed) => {
    expect(planParentWatch([failed, aVersion()], newParent)).toMatchObject({ kind: 'build' });
  });

  it('tries again, under another claim, what a newer payload pushed aside', () => {
    const versions = [
      aVersion({ n: 9, state: 'failed', ...other }),
      onNewParent(8, 'superseded'),
      aVersion(),
    ];
    expect(planParentWatch(versions, newParent)).toMatchObject({ kind: 'build', attempt: 1 });
  });

  it('never builds while something is in flight, and never a pair that once failed', () => {
    const versions = fc.array(
      fc.record({
        state: fc.constantFrom(...versionStates),
        parentAmi: fc.constantFrom(oldParent, newParent),
        sha: fc.constantFrom(aSha256('a'), aSha256('b')),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(versions, (drawn) => {
        const newestFirst = drawn.map(({ state, parentAmi, sha }, index) =>
          aVersion({
            n: drawn.length - index,
            state,
            parentAmi,
            payload: { ...aVersion().payload, sha256: sha },
          }),
        );
        const decision = planParentWatch(newestFirst, newParent);
        if (decision.kind !== 'build') return;
        expect(drawn.some(({ state }) => state === 'building' || state === 'rolling-out')).toBe(
          false,
        );
        const same = newestFirst.filter(
          (version) =>
            version.parentAmi === newParent &&
            version.payload.sha256 === decision.baseline.payload.sha256,
        );
        expect(
          same.some(({ state }) => state === 'failed' || state === 'halted' || state === 'revoked'),
        ).toBe(false);
        expect(['stable', 'available']).toContain(decision.baseline.state);
      }),
    );
  });
});
