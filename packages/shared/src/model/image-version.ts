import type { Brand } from './brand.ts';
import { GoldenError } from './golden-error.ts';

/** The n of an image version `1.0.<n>`. */
export type VersionNumber = Brand<number, 'VersionNumber'>;

/** Image Builder takes 0 to 2^30-1 in each part of a version (its guide, "Semantic versioning"). */
export const versionNumberMax = 2 ** 30 - 1;

/** 0 is the recipe of the template, which exists only so that the pipeline's wildcard resolves. */
export const isVersionNumber = (value: unknown): value is VersionNumber =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= versionNumberMax;

/** @throws GoldenError `value-invalid` outside 0..2^30-1 */
export const versionNumber = (value: number): VersionNumber => {
  if (!isVersionNumber(value)) {
    throw new GoldenError({
      code: 'value-invalid',
      message: `${value} is not a version number; Image Builder takes 0 to ${versionNumberMax}`,
    });
  }
  return value;
};

/** `1.0.<n>`: what people read, what the recipe is called and what the image carries. */
export const versionText = (n: VersionNumber): string => `1.0.${n}`;

const versionPattern = /^1\.0\.(0|[1-9][0-9]{0,9})$/;

/** The n of `1.0.<n>`; undefined for any other text, such as a version somebody else made by hand. */
export const parseVersionText = (text: string): VersionNumber | undefined => {
  const n = Number(versionPattern.exec(text)?.[1] ?? 'none');
  return isVersionNumber(n) ? n : undefined;
};
