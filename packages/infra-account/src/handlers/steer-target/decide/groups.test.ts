import { describe, expect, it } from '@jest/globals';
import { aGroupRecord, aReport } from '@golden/shared/model/rollout-builders.ts';
import { anAmi } from '@golden/shared/model/test-builders.ts';
import { isOnItsWay, mergeReports } from './groups.ts';

const notMoved = { reason: 'not-moved', sentence: 'this rollout has not moved it' };
const bootMode = { reason: 'boot-mode', sentence: 'the boot modes differ' };

describe('mergeReports', () => {
  it('takes what is new, and keeps the image that the group came from', () => {
    const report = aReport({ state: 'moving', image: anAmi('2'), size: 5 });
    expect(mergeReports([aGroupRecord({ state: 'ready' })], [report])).toEqual([
      { ...report, imageBefore: anAmi('1') },
    ]);
  });

  it('forgets reasons that hold no longer', () => {
    const before = aGroupRecord({ state: 'skipped', block: bootMode, detail: 'x', reason: 'y' });
    expect(mergeReports([before], [aReport({ state: 'ready' })])).toEqual([aGroupRecord()]);
  });

  it.each([
    ['was not moved', aGroupRecord({ state: 'skipped', block: bootMode })],
    ['could not be moved', aGroupRecord({ state: 'failed', reason: 'aws-error', detail: 'no' })],
  ])('keeps why a group %s when a later answer says no more than that it was not', (_, before) => {
    const report = aReport({ state: 'skipped', block: notMoved });
    expect(mergeReports([before], [report])).toEqual([before]);
  });

  it.each(['ready', 'unknown', 'up-to-date'] as const)(
    'says of a group that was %s that it was not moved',
    (state) => {
      const report = aReport({ state: 'skipped', block: notMoved });
      expect(mergeReports([aGroupRecord({ state })], [report])).toEqual([aGroupRecord(report)]);
    },
  );

  it('takes any other reason for not moving a group for news', () => {
    const before = aGroupRecord({ state: 'skipped', block: notMoved });
    const report = aReport({ state: 'skipped', block: bootMode });
    expect(mergeReports([before], [report])).toEqual([aGroupRecord(report)]);
  });

  it.each(['ready', 'moving', 'refreshed'] as const)(
    'ends a group that was %s and is gone',
    (state) => {
      const before = aGroupRecord({ state });
      expect(mergeReports([before], [])).toEqual([
        {
          ...before,
          state: 'skipped',
          block: expect.objectContaining({ reason: 'group-not-found' }),
        },
      ]);
    },
  );

  it('adds a group that is new, with the image that it has, after those that are known', () => {
    const added = aReport({ group: 'api', image: anAmi('3') });
    const known = aGroupRecord({ group: 'web' });
    expect(mergeReports([known], [added, aReport({ group: 'web' })])).toEqual([
      known,
      { ...added, imageBefore: anAmi('3') },
    ]);
  });
});

describe('isOnItsWay', () => {
  it.each([
    ['moving', true],
    ['rolling-back', true],
    ['unknown', false],
    ['ready', false],
    ['refreshed', false],
  ] as const)('of %s is %p', (state, expected) => {
    expect(isOnItsWay(aReport({ state }))).toBe(expected);
  });
});
