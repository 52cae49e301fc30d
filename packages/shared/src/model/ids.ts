import type { Brand } from './brand.ts';
import { GoldenError } from './golden-error.ts';

/** Name of one stream of golden images: the `EnvironmentName` of one deployed infra stack. */
export type ImageLine = Brand<string, 'ImageLine'>;
/** `ami-` and 8 or 17 hexadecimal digits. */
export type AmiId = Brand<string, 'AmiId'>;
/** 64 lower-case hexadecimal digits. */
export type Sha256 = Brand<string, 'Sha256'>;
/** 40 lower-case hexadecimal digits that name one request to build, however often it is delivered. */
export type ClaimId = Brand<string, 'ClaimId'>;

const matches = (value: unknown, pattern: RegExp): boolean =>
  typeof value === 'string' && pattern.test(value);

export const isImageLine = (value: unknown): value is ImageLine =>
  matches(value, /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
export const isAmiId = (value: unknown): value is AmiId =>
  matches(value, /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
export const isSha256 = (value: unknown): value is Sha256 => matches(value, /^[0-9a-f]{64}$/);
export const isClaimId = (value: unknown): value is ClaimId => matches(value, /^[0-9a-f]{40}$/);

const invalid = (value: string, expected: string): GoldenError =>
  new GoldenError({
    code: 'value-invalid',
    message: `"${value.slice(0, 100)}" is not ${expected}`,
    details: { expected },
  });

/** @throws GoldenError `value-invalid` */
export const imageLine = (value: string): ImageLine => {
  if (!isImageLine(value)) throw invalid(value, 'an image line (letters, digits, - and _)');
  return value;
};

/** @throws GoldenError `value-invalid` */
export const amiId = (value: string): AmiId => {
  if (!isAmiId(value)) throw invalid(value, 'an AMI id (ami- and 8 or 17 hexadecimal digits)');
  return value;
};

/** @throws GoldenError `value-invalid` */
export const sha256 = (value: string): Sha256 => {
  if (!isSha256(value)) throw invalid(value, 'a SHA-256 in lower-case hexadecimal digits');
  return value;
};

/**
 * Shortens the digest of what identifies a request. 160 bits are plenty, and they leave room for a suffix
 * in Image Builder's client tokens of at most 64 characters.
 */
export const claimIdOf = (digest: Sha256): ClaimId => {
  const value: string = digest.slice(0, 40);
  if (!isClaimId(value)) throw invalid(value, 'a claim id');
  return value;
};
