import { normalizedName, parseImageBuildArn } from '../model/image-builder-arn.ts';
import { versionText } from '../model/image-version.ts';
import type { VersionNumber } from '../model/image-version.ts';

export type StartedImage =
  | { kind: 'ours' }
  /** Somebody's higher recipe won the wildcard: their bytes, not ours. */
  | { kind: 'superseded'; reason: string }
  /** The wildcard did not see our recipe: older bytes would be built under a new name. */
  | { kind: 'recipe-not-resolved'; reason: string };

/**
 * Compares the image that the pipeline really started with the version it was started for. The pipeline names
 * its recipe with a wildcard, and this answer is the only proof of what the wildcard resolved to.
 */
export const judgeStartedImage = (options: {
  imageArn: string;
  recipeName: string;
  n: VersionNumber;
}): StartedImage => {
  const image = parseImageBuildArn(options.imageArn);
  const sameRecipe =
    image !== undefined && normalizedName(image.recipeName) === normalizedName(options.recipeName);
  if (sameRecipe && image.n === options.n) return { kind: 'ours' };
  if (sameRecipe && image.n > options.n) {
    return { kind: 'superseded', reason: `the pipeline started ${versionText(image.n)} instead` };
  }
  return {
    kind: 'recipe-not-resolved',
    reason: `recipe not resolved: the pipeline started ${options.imageArn}`,
  };
};
