import { describe, expect, it } from '@jest/globals';
import { outcomeNoticeCodes } from '../model/notice.ts';
import { aRejectedClaim, aVersion, anAcceptedClaim, anAmi } from '../model/test-builders.ts';
import { imageLine } from '../model/ids.ts';
import { afterMove, versionOfClaim } from './version-changes.ts';
import { dueNotice, refusedClaimNotice, versionNotice } from './version-notice.ts';

const noticeDue = {
  code: 'image-available',
  owner: 'delivery-1',
  untilEpochSeconds: 1_000,
} as const;

describe('dueNotice', () => {
  it.each([
    ['the delivery that changed the state', 'delivery-1', 100, 'image-available'],
    ['another delivery right after it', 'delivery-2', 100, undefined],
    ['another delivery when the first must be dead', 'delivery-2', 1_000, 'image-available'],
  ])('is sent by %s: %s at %i', (_, owner, nowEpochSeconds, code) => {
    expect(dueNotice(aVersion({ noticeDue }), { owner, nowEpochSeconds })).toBe(code);
  });

  it('is sent once', () => {
    const told = aVersion({
      noticeDue,
      noticedAt: { 'image-available': '2026-11-21T11:00:00.000Z' },
    });
    expect(dueNotice(told, { owner: 'delivery-1', nowEpochSeconds: 9_999 })).toBeUndefined();
  });

  it('is nothing where no change of state owes one', () => {
    expect(dueNotice(aVersion(), { owner: 'delivery-1', nowEpochSeconds: 9_999 })).toBeUndefined();
  });
});

describe('versionNotice', () => {
  it.each(outcomeNoticeCodes)('tells of %s with version and payload', (code) => {
    expect(versionNotice(aVersion(), code)).toMatchObject({
      code,
      version: '1.0.7',
      payload: { key: 'payloads/harden.sh', versionId: 'v-1', uploadedBy: '111122223333' },
    });
  });

  it('carries the AMIs of an image and the reason of a failure', () => {
    const amis = { 'eu-west-1': anAmi('5') };
    expect(versionNotice(aVersion({ amis }), 'image-available')).toMatchObject({ amis });
    expect(versionNotice(aVersion({ reason: 'no' }), 'image-failed')).toMatchObject({
      reason: 'no',
    });
    const rejected = aVersion({ reason: 'recipe-quota', sentence: 'there is no room.' });
    expect(versionNotice(rejected, 'payload-rejected')).toMatchObject({
      reason: 'recipe-quota',
      sentence: 'there is no room.',
    });
  });
});

describe('refusedClaimNotice', () => {
  it('tells a refused upload what was wrong with it', () => {
    expect(refusedClaimNotice(aRejectedClaim())).toMatchObject({
      code: 'payload-rejected',
      reason: 'empty',
      payload: { key: 'payloads/harden.sh' },
    });
  });
});

describe('version changes', () => {
  const context = { line: imageLine('prod'), at: '2026-11-21T10:00:05.000Z' };

  it('begin with everything the claim knows', () => {
    const claim = anAcceptedClaim({ cause: 'parent', basedOn: aVersion({ n: 3 }).n });
    expect(versionOfClaim(claim, context)).toEqual({
      line: 'prod',
      n: 7,
      version: '1.0.7',
      claimId: claim.claimId,
      cause: 'parent',
      basedOn: 3,
      state: 'claimed',
      payload: claim.payload,
      parentAmi: claim.parentAmi,
      reachedAt: { claimed: context.at },
      noticedAt: {},
    });
  });

  it('keep the time of every state', () => {
    const claimed = versionOfClaim(anAcceptedClaim(), context);
    const at = '2026-11-21T10:00:09.000Z';
    const move = {
      n: claimed.n,
      from: 'claimed',
      to: 'building',
      at,
      facts: { imageArn: 'arn' },
    } as const;
    expect(afterMove(claimed, move)).toEqual({
      ...claimed,
      state: 'building',
      imageArn: 'arn',
      reachedAt: { claimed: context.at, building: at },
    });
  });
});
