import { amiId, claimIdOf, imageLine, sha256 } from './ids.ts';
import type { AmiId, ClaimId, Sha256 } from './ids.ts';
import { versionNumber, versionText } from './image-version.ts';
import type { AcceptedClaim, RefusedClaim, Upload, VersionRecord } from './records.ts';

/** Builders for tests: a good example of each record, changed where the test says so. */

export const aSha256 = (digit = 'a'): Sha256 => sha256(digit.repeat(64));
export const aClaimId = (digit = 'c'): ClaimId => claimIdOf(aSha256(digit));
export const anAmi = (digit = '1'): AmiId => amiId(`ami-${digit.repeat(17)}`);

export const anUpload = (changes: Partial<Upload> = {}): Upload => ({
  bucket: 'golden-payloads',
  key: 'payloads/harden.sh',
  versionId: 'v-1',
  sizeBytes: 120,
  etag: 'b1946ac92492d2347c6235b4d2611184',
  uploadedBy: '111122223333',
  uploadedAt: '2026-11-21T10:00:00Z',
  ...changes,
});

interface VersionChanges extends Omit<Partial<VersionRecord>, 'n' | 'version'> {
  n?: number;
}

/** An available version, with the ARN of the build that its number suggests. */
export const aVersion = ({ n = 7, ...changes }: VersionChanges = {}): VersionRecord => {
  const number = versionNumber(n);
  return {
    line: imageLine('prod'),
    n: number,
    version: versionText(number),
    claimId: aClaimId(),
    cause: 'upload',
    state: 'available',
    payload: { ...anUpload(), sha256: aSha256() },
    parentAmi: anAmi(),
    imageArn: anImageArn(n),
    reachedAt: { claimed: '2026-11-21T10:00:05.000Z' },
    noticedAt: {},
    ...changes,
  };
};

export const aPipelineArn =
  'arn:aws:imagebuilder:eu-west-1:111122223333:image-pipeline/golden-prod';

export const anImageArn = (n: number, build = 1): string =>
  `arn:aws:imagebuilder:eu-west-1:111122223333:image/golden-prod/1.0.${n}/${build}`;

export const anAcceptedClaim = (changes: Partial<AcceptedClaim> = {}): AcceptedClaim => ({
  claimId: aClaimId(),
  decision: 'accepted',
  cause: 'upload',
  n: versionNumber(7),
  payload: { ...anUpload(), sha256: aSha256() },
  parentAmi: anAmi(),
  decidedAt: '2026-11-21T10:00:04.000Z',
  ...changes,
});

export const aRejectedClaim = (): RefusedClaim => ({
  claimId: aClaimId(),
  decision: 'rejected',
  cause: 'upload',
  reason: 'empty',
  sentence: 'the object has no content.',
  upload: anUpload(),
  decidedAt: '2026-11-21T10:00:04.000Z',
  expiresAtEpochSeconds: 1_795_000_000,
});
