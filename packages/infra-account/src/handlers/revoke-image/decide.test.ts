import { describe, expect, it } from '@jest/globals';
import { imageLine } from '@golden/shared/model/ids.ts';
import type { RolloutRecord } from '@golden/shared/model/rollout.ts';
import { buildIdentity } from '@golden/shared/model/rollout-id.ts';
import type { GroupRecord, TargetRecord } from '@golden/shared/model/target.ts';
import { aVersion, anAmi, anImageArn } from '@golden/shared/model/test-builders.ts';
import { canMove, versionStates } from '@golden/shared/model/version-state.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';
import { lateRollbackStop } from '@golden/shared/plan/end-rollout.ts';
import { refuseReport, revocationOf, rowAfter } from './decide.ts';

const line = imageLine('golden');
const identity = buildIdentity(line, anImageArn(7));
const now = { iso: '2026-11-21T12:00:00.000Z', epochSeconds: 1_000 };

const aReport = (changes: Partial<LateRollbackReport> = {}): LateRollbackReport => ({
  account: '111122223333',
  region: 'eu-west-1',
  line,
  rolloutId: identity.rolloutId,
  ami: anAmi('7'),
  groups: ['web'],
  ...changes,
});
const rollout: RolloutRecord = {
  ...identity,
  version: '1.0.7',
  imageArn: anImageArn(7),
  amis: { 'eu-west-1': anAmi('7'), 'eu-central-1': anAmi('8') },
  line,
  state: 'baking',
  executionArn: 'arn:aws:states:eu-west-1:999900001111:execution:rollout:golden-1-0-7-1',
  wavesDone: 0,
  reachedAt: {},
};
const aGroup = (changes: Partial<GroupRecord> = {}): GroupRecord => ({
  group: 'web',
  state: 'refreshed',
  size: 2,
  image: anAmi('7'),
  imageBefore: anAmi('6'),
  ...changes,
});
const aTarget = (changes: Partial<TargetRecord> = {}): TargetRecord => ({
  account: '111122223333',
  accountName: 'shop',
  region: 'eu-west-1',
  enrolment: 'stack-set',
  groups: [aGroup()],
  warnings: [],
  wave: 1,
  startedAt: '2026-11-21T10:00:00.000Z',
  endedAt: '2026-11-21T11:00:00.000Z',
  ended: { outcome: 'refreshed' },
  ...changes,
});
const moving = (changes: Partial<TargetRecord> = {}): TargetRecord => {
  const { ended, endedAt, ...target } = aTarget(changes);
  expect([ended, endedAt]).not.toContain(undefined);
  return target;
};

describe('a report', () => {
  const known = { line, rollout, target: aTarget() };

  it('is believed of groups that the rollout has moved', () => {
    expect(refuseReport(aReport(), known)).toBeUndefined();
  });

  it.each([
    ['another line', aReport({ line: imageLine('silver') }), known, 'other-line'],
    ['a rollout of nobody', aReport(), { ...known, rollout: undefined }, 'unknown-rollout'],
    ['a target of nobody', aReport(), { ...known, target: undefined }, 'unknown-target'],
    ['an image that was not for it', aReport({ ami: anAmi('8') }), known, 'other-image'],
    ['a Region without the image', aReport({ region: 'us-east-1' }), known, 'other-image'],
    ['groups of nobody', aReport({ groups: ['db'] }), known, 'not-moved'],
  ])('of %s is not', (_, report, facts, why) => {
    expect(refuseReport(report, facts)).toBe(why);
  });

  it.each([
    ['was never told to move', { groups: [aGroup({ state: 'ready' })] }, true],
    ['was left alone', { groups: [aGroup({ state: 'skipped' })] }, false],
    ['had the image before', { groups: [aGroup({ state: 'up-to-date' })] }, false],
  ] as const)('of a target that %s is not', (_, changes, isUnstarted) => {
    const { startedAt, ...unstarted } = aTarget(changes);
    const target = isUnstarted ? unstarted : { ...unstarted, startedAt: startedAt ?? '' };
    expect(refuseReport(aReport(), { ...known, target })).toBe('not-moved');
  });

  it.each(['moving', 'unknown', 'failed', 'rolling-back', 'rolled-back'] as const)(
    'is believed of a group that was last seen %s',
    (state) => {
      const target = aTarget({ groups: [aGroup({ state })] });
      expect(refuseReport(aReport(), { ...known, target })).toBeUndefined();
    },
  );
});

describe('the row of the target', () => {
  it('says which groups have gone back, and why, and has the outcome of the worst', () => {
    const target = aTarget({ groups: [aGroup(), aGroup({ group: 'api' })] });
    expect(rowAfter(target, aReport(), now)).toEqual({
      ...target,
      groups: [
        aGroup({ state: 'rolled-back', reason: 'late-alarm' }),
        aGroup({ group: 'api', state: 'refreshed' }),
      ],
      ended: { outcome: 'rolled-back', reason: 'late-alarm' },
      endedAt: now.iso,
    });
  });

  it('is the same after the same report', () => {
    const once = rowAfter(aTarget(), aReport(), now);
    expect(once && rowAfter(once, aReport(), now)).toBeUndefined();
  });

  it('is left to its own child while that moves the groups', () => {
    expect(rowAfter(moving(), aReport(), now)).toBeUndefined();
  });

  it.each(['rolling-back', 'up-to-date', 'skipped', 'failed'] as const)(
    'keeps a group that is known to be %s',
    (state) => {
      const target = aTarget({ groups: [aGroup({ state })] });
      expect(rowAfter(target, aReport(), now)).toBeUndefined();
    },
  );

  it('is no better for it where the target failed as a whole', () => {
    const ended = { outcome: 'failed', reason: 'timeout' } as const;
    expect(rowAfter(aTarget({ ended }), aReport(), now)).toMatchObject({
      ended,
      groups: [{ state: 'rolled-back' }],
    });
  });
});

describe('the reason', () => {
  it('names the target and the first of its groups', () => {
    expect(lateRollbackStop(aReport({ groups: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }))).toEqual({
      code: 'late-rollback',
      sentence:
        'in 111122223333/eu-west-1 the alarm went off after the refresh had ended and took a, b, c, d, e and 2 more back',
    });
  });
});

describe('the version', () => {
  it.each(versionStates)('that is %s is revoked where the transition table allows it', (state) => {
    const move = revocationOf(aVersion({ state }), aReport(), { owner: 'delivery-1', now });
    expect(move !== undefined).toBe(canMove(state, 'revoked'));
    expect(move?.to ?? 'revoked').toBe('revoked');
  });

  it('owes people a notice with the reason, by the delivery that revoked it', () => {
    expect(
      revocationOf(aVersion({ state: 'stable' }), aReport(), { owner: 'delivery-1', now }),
    ).toEqual({
      n: 7,
      from: 'stable',
      to: 'revoked',
      at: now.iso,
      facts: {
        reason: lateRollbackStop(aReport()).sentence,
        noticeDue: { code: 'image-revoked', owner: 'delivery-1', untilEpochSeconds: 1_900 },
      },
    });
  });
});
