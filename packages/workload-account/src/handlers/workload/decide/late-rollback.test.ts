import { describe, expect, it } from '@jest/globals';
import {
  aGroup,
  anInstance,
  aRollout,
  aTemplate,
  aVersion,
  facts,
  newAmi,
  ourRefresh,
  ourVersion,
} from '../test-builders.ts';
import { goesBackLate, lateRollbackOf } from './late-rollback.ts';

const hour = 3_600_000;
const time = { nowMs: 100 * hour, windowHours: 24 };
const last = (changes: Parameters<typeof ourRefresh>[0] = {}, rollout = aRollout.rolloutId) =>
  facts({
    group: aGroup({
      tags: { 'golden:rollout': rollout },
      templates: [{ templateId: aTemplate, version: '4' }],
      instances: [anInstance(4), anInstance(4)],
    }),
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

  it('leaves a way back alone, though it goes to a version that an earlier rollout made', () => {
    const back = last({}, 'other');
    const undone = ourRefresh({
      status: 'Successful',
      desired: { templateId: aTemplate, version: '5' },
    });
    const made = aVersion({ version: 5, description: `golden:${newAmi}:other:4` });
    expect(
      lateRollbackOf(
        {
          ...back,
          refreshes: [...back.refreshes, undone],
          versions: [...back.versions, made],
        },
        time,
      ),
    ).toBeUndefined();
  });

  it('takes the group back though a later rollout wrote its record and could not start', () => {
    expect(lateRollbackOf(last({}, 'other'), time)).toEqual(aRollout);
  });

  it('leaves a group alone that was moved to another image without a refresh, unless an instance stayed', () => {
    const moved = (versions: readonly number[]) => {
      const before = last();
      return {
        ...before,
        group: aGroup({
          tags: before.group.tags,
          templates: [{ templateId: aTemplate, version: '3' }],
          instances: versions.map((version) => anInstance(version)),
        }),
      };
    };
    expect(lateRollbackOf(moved([3, 3]), time)).toBeUndefined();
    expect(lateRollbackOf(moved([3, 4]), time)).toEqual(aRollout);
  });

  it('leaves a group alone that carries no record', () => {
    const { group, ...rest } = last();
    expect(lateRollbackOf({ ...rest, group: { ...group, tags: {} } }, time)).toBeUndefined();
  });
});

describe('a way back that an earlier invocation began', () => {
  const back = (changes: Parameters<typeof ourRefresh>[0], reason = 'late-alarm') => {
    const { group, refreshes, versions } = last();
    return facts({
      group: {
        ...group,
        tags: { ...group.tags, 'golden:rollback': `${aRollout.rolloutId} ${reason}` },
      },
      refreshes: [
        ourRefresh({ id: 'back', desired: { templateId: aTemplate, version: '3' }, ...changes }),
        ...refreshes,
      ],
      versions,
    });
  };

  it.each(['Pending', 'InProgress', 'Successful'] as const)(
    'is found again, so that what it did not get to say is said: %s',
    (status) => {
      expect(lateRollbackOf(back({ status }), time)).toEqual(aRollout);
    },
  );

  it('is found while the window lasts', () => {
    const ended = (endedAtMs: number) => back({ status: 'Successful', endedAtMs });
    expect(lateRollbackOf(ended(76 * hour), time)).toEqual(aRollout);
    expect(lateRollbackOf(ended(76 * hour - 1), time)).toBeUndefined();
  });

  it.each(['Failed', 'Cancelled'] as const)('is not begun once more after it %s', (status) => {
    expect(lateRollbackOf(back({ status }), time)).toBeUndefined();
  });

  it('is not found where it was begun for another reason', () => {
    expect(lateRollbackOf(back({ status: 'InProgress' }, 'judge'), time)).toBeUndefined();
  });
});

describe('what the infra account is told of', () => {
  const report = { group: 'web', size: 2, image: '', reason: 'late-alarm' };

  it('are groups that go back because of the alarm, or have arrived', () => {
    expect(goesBackLate({ ...report, state: 'rolling-back' })).toBe(true);
    expect(goesBackLate({ ...report, state: 'rolled-back' })).toBe(true);
  });

  it('are no groups that cannot go back, or that somebody else takes back', () => {
    expect(goesBackLate({ ...report, state: 'failed', reason: 'no-last-good' })).toBe(false);
    expect(goesBackLate({ ...report, state: 'rolling-back', reason: 'judge' })).toBe(false);
    expect(goesBackLate({ ...report, state: 'refreshed' })).toBe(false);
  });
});
