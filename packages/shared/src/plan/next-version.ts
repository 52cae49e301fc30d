import { versionNumber } from '../model/image-version.ts';
import type { VersionNumber } from '../model/image-version.ts';

/**
 * The n for the next claim. The table may be new while recipes of an earlier deployment of the line are still
 * there; the pipeline's wildcard would pick one of those if we did not count on from them.
 */
export const nextVersionNumber = (highest: {
  claimed: VersionNumber;
  recipe: VersionNumber;
}): VersionNumber => versionNumber(Math.max(highest.claimed, highest.recipe) + 1);
