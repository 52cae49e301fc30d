import { describe, expect, it } from '@jest/globals';
import { versionNumber } from '@golden/shared/model/image-version.ts';
import {
  aClaimId,
  aSha256,
  aVersion,
  anAmi,
  anUpload,
} from '@golden/shared/model/test-builders.ts';
import { isLive, versionStates } from '@golden/shared/model/version-state.ts';
import { decideUpload, refusedClaim } from './decide.ts';
import type { UploadFacts } from './decide.ts';

const someFacts = (changes: Partial<UploadFacts> = {}): UploadFacts => ({
  claimId: aClaimId('e'),
  upload: anUpload({ versionId: 'v-2', uploadedAt: '2026-11-21T12:00:00Z' }),
  payloadSha256: aSha256(),
  parentAmi: anAmi(),
  line: { highestN: versionNumber(7), highestClaimId: aClaimId(), newestUpload: anUpload() },
  newest: aVersion(),
  ebsDefaults: [{ region: 'eu-west-1', encrypted: false }],
  amiKmsKeyId: '',
  ...changes,
});

const unshareable = [{ region: 'eu-west-1', encrypted: true, kmsKeyId: 'alias/aws/ebs' }];
const newestUpload = anUpload({ key: 'payloads/b.sh', uploadedAt: '2026-11-21T12:00:01Z' });

describe('decideUpload', () => {
  it('accepts the first payload of a line', () => {
    const facts = someFacts({ line: { highestN: versionNumber(0) }, newest: undefined });
    expect(decideUpload(facts)).toEqual({ kind: 'accept' });
  });

  it.each(versionStates)(
    'builds the same bytes on the same parent only if the newest is %s',
    (state) => {
      const newest = aVersion({ state });
      expect(decideUpload(someFacts({ newest }))).toEqual(
        isLive(state) ? { kind: 'unchanged', as: newest } : { kind: 'accept' },
      );
    },
  );

  it.each([
    ['the bytes differ', { payloadSha256: aSha256('b') }],
    ['the parent moved', { parentAmi: anAmi('2') }],
    // The way back: upload the old payload again after a newer one.
    [
      'another payload came between',
      { newest: aVersion({ n: 8, payload: { ...anUpload(), sha256: aSha256('b') } }) },
    ],
  ])('accepts when %s', (_, changes) => {
    expect(decideUpload(someFacts(changes))).toEqual({ kind: 'accept' });
  });

  it('starts nothing for an upload that a newer accepted one has overtaken', () => {
    const line = { highestN: versionNumber(7), newestUpload };
    expect(decideUpload(someFacts({ line }))).toEqual({ kind: 'superseded' });
  });

  it('refuses what could not be shared, unless a key is given', () => {
    const facts = someFacts({ payloadSha256: aSha256('b'), ebsDefaults: unshareable });
    expect(decideUpload(facts)).toMatchObject({
      kind: 'rejected',
      refusal: { reason: 'ebs-default-encryption' },
    });
    expect(decideUpload({ ...facts, amiKmsKeyId: 'mrk-1' })).toEqual({ kind: 'accept' });
  });

  it('says unchanged rather than refused where nothing would be built anyway', () => {
    expect(decideUpload(someFacts({ ebsDefaults: unshareable }))).toMatchObject({
      kind: 'unchanged',
    });
  });

  it('goes on with a claim that got its number and was interrupted, whatever has changed', () => {
    const line = { highestN: versionNumber(8), highestClaimId: aClaimId('e'), newestUpload };
    expect(decideUpload(someFacts({ line, ebsDefaults: unshareable }))).toEqual({ kind: 'accept' });
  });
});

describe('refusedClaim', () => {
  const request = { claimId: aClaimId(), upload: anUpload() };
  const now = { iso: '2026-11-21T10:00:00.000Z', epochSeconds: 1_000 };
  const about = {
    ...request,
    cause: 'upload',
    decidedAt: now.iso,
    expiresAtEpochSeconds: 1_000 + 365 * 86_400,
  };

  it('keeps why an upload was rejected', () => {
    const refusal = { reason: 'empty', sentence: 'the object has no content.' } as const;
    expect(refusedClaim(request, { kind: 'rejected', refusal }, now)).toEqual({
      ...about,
      decision: 'rejected',
      ...refusal,
    });
  });

  it('keeps which version stands for unchanged bytes', () => {
    expect(refusedClaim(request, { kind: 'unchanged', as: aVersion({ n: 4 }) }, now)).toEqual({
      ...about,
      decision: 'unchanged',
      n: 4,
    });
  });

  it('keeps that an upload came too late', () => {
    expect(refusedClaim(request, { kind: 'superseded' }, now)).toEqual({
      ...about,
      decision: 'superseded',
    });
  });
});
