import { describe, expect, it } from '@jest/globals';
import { aGroup, aRollout, aVersion, facts, ourRefresh, ourVersion } from '../test-builders.ts';
import { lateRollbackOf } from './late-rollback.ts';

const hour = 3_600_000;
const time = { nowMs: 100 * hour, windowHours: 24 };
const last = (changes: Parameters<typeof ourRefresh>[0] = {}, rollout = aRollout.rolloutId) =>
  facts({
    group: aGroup({ tags: { 'golden:rollout': rollout } }),
    refreshes: [ourRefresh({ status: 'Successful', endedAtMs: 90 * hour, ...changes })],
    versions: [aVersion(), ourVersion()],
  });

describe('an alarm after a refresh has ended', () => {
  it('takes the group back from the rollout that moved it last', () => {
    expect(lateRollbackOf(last(), time)).toEqual(aRollout);
  });

  it('does so to the last second of the window', () => {
    expect(lateRollbackOf(last({ endedAtMs: 76 * hour }), time)).toEqual(aRollout);
    expect(lateRollbackOf(last({ endedAtMs: 76 * hour - 1 }), time)).toBeUndefined();
  });

  it.each([
    'InProgress',
    'Baking',
    'RollbackInProgress',
    'RollbackSuccessful',
    'Cancelled',
  ] as const)('does nothing while or after AWS acts itself: %s', (status) => {
    expect(lateRollbackOf(last({ status }), time)).toBeUndefined();
  });

  it('leaves a refresh of somebody else alone', () => {
    expect(
      lateRollbackOf(last({ desired: { templateId: 'lt-00000000000000001', version: '3' } }), time),
    ).toBeUndefined();
  });

  it('leaves a group alone whose tag names another rollout', () => {
    expect(lateRollbackOf(last({}, 'other'), time)).toBeUndefined();
  });
});
