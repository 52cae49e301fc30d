import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { versionNumber, versionNumberMax } from '../model/image-version.ts';
import { aClaimId, aSha256, anAcceptedClaim, anAmi, anUpload } from '../model/test-builders.ts';
import { claimStanding } from './claim-standing.ts';
import { parentClaimText, uploadClaimText } from './claim-text.ts';
import { clientToken } from './client-token.ts';
import { nextVersionNumber } from './next-version.ts';
import { isQuotaNoticeDue } from './quota.ts';

const line = (highestN: number, highestClaimId = aClaimId()) => ({
  highestN: versionNumber(highestN),
  highestClaimId,
});

describe('claim texts', () => {
  const keys = fc.record({ bucket: fc.string(), key: fc.string(), versionId: fc.string() });

  it('are the same exactly for the same object version', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const same = a.bucket === b.bucket && a.key === b.key && a.versionId === b.versionId;
        expect(uploadClaimText(anUpload(a)) === uploadClaimText(anUpload(b))).toBe(same);
      }),
    );
  });

  it('do not depend on what else an event says', () => {
    expect(uploadClaimText(anUpload({ uploadedBy: 'x', uploadedAt: '2027-01-01T00:00:00Z' }))).toBe(
      uploadClaimText(anUpload()),
    );
  });

  it('name a parent claim by bytes and parent, and a second try by its number', () => {
    const pair = { sha256: aSha256(), parentAmi: anAmi() };
    expect(parentClaimText({ ...pair, attempt: 0 })).toBe(
      JSON.stringify(['parent', pair.sha256, pair.parentAmi]),
    );
    expect(parentClaimText({ ...pair, attempt: 1 })).not.toBe(
      parentClaimText({ ...pair, attempt: 0 }),
    );
  });
});

describe('clientToken', () => {
  it('fits into the 64 characters of Image Builder at the highest number', () => {
    for (const call of ['recipe', 'start', 'cancel'] as const) {
      const token = clientToken(call, anAcceptedClaim({ n: versionNumber(versionNumberMax) }));
      expect(token).toMatch(/^[0-9a-z-]{1,64}$/);
    }
  });
});

describe('nextVersionNumber', () => {
  it.each([
    [0, 0, 1],
    [4, 2, 5],
    // A line that was deleted and deployed again: the table is new, the recipes are not.
    [0, 41, 42],
  ])('goes on from claim %i and recipe %i with %i', (claimed, recipe, next) => {
    const highest = { claimed: versionNumber(claimed), recipe: versionNumber(recipe) };
    expect(nextVersionNumber(highest)).toBe(next);
  });
});

describe('claimStanding', () => {
  it.each([
    ['holds the line', line(7), { kind: 'highest' }],
    [
      'reserved a number whose counter is not there yet',
      line(6, aClaimId('d')),
      { kind: 'highest' },
    ],
    ['was given a higher number', line(8), { kind: 'moved', to: 8 }],
    ['came back after a newer one', line(8, aClaimId('d')), { kind: 'superseded' }],
  ])('sees that a claim %s', (_, counter, standing) => {
    expect(claimStanding(anAcceptedClaim(), counter)).toEqual(standing);
  });
});

describe('isQuotaNoticeDue', () => {
  it.each([
    [899, undefined, false],
    [900, undefined, true],
    [999, '2026-11-21T10:00:00.000Z', false],
  ])('with %i recipes and a notice at %p is %p', (count, recipeQuotaNoticedAt, due) => {
    const counter =
      recipeQuotaNoticedAt === undefined ? line(7) : { ...line(7), recipeQuotaNoticedAt };
    expect(isQuotaNoticeDue(count, counter)).toBe(due);
  });
});
