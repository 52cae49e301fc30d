import { parseVersionText, versionText } from './image-version.ts';
import type { VersionNumber } from './image-version.ts';

/** What an Image Builder image ARN says: `arn:aws:imagebuilder:<region>:<account>:image/<recipe>/1.0.7/2`. */
export interface ImageBuildArn {
  accountId: string;
  region: string;
  recipeName: string;
  n: VersionNumber;
  build: number;
}

export interface RecipeArn {
  recipeName: string;
  n: VersionNumber;
}

/** Image Builder treats names that differ only in case, spaces and underscores as one name. */
export const normalizedName = (name: string): string => name.toLowerCase().replaceAll(/[ _]/g, '-');

const imagePattern =
  /^arn:[a-z-]+:imagebuilder:([a-z0-9-]+):([0-9]{12}):image\/([^/]+)\/([0-9.]+)\/([1-9][0-9]{0,9})$/;
const recipePattern =
  /^arn:[a-z-]+:imagebuilder:[a-z0-9-]+:[0-9]{12}:image-recipe\/([^/]+)\/([0-9.]+)$/;
const pipelinePattern = /^(arn:[a-z-]+:imagebuilder:[a-z0-9-]+:([0-9]{12})):image-pipeline\/[^/]+$/;

/** Undefined for an ARN that cannot be one of our builds: no build number, or a version not `1.0.<n>`. */
export const parseImageBuildArn = (arn: string): ImageBuildArn | undefined => {
  const [, region, accountId, recipeName, version, build] = imagePattern.exec(arn) ?? [];
  const n = parseVersionText(version ?? '');
  if (region === undefined || accountId === undefined || recipeName === undefined) return undefined;
  return n === undefined ? undefined : { accountId, region, recipeName, n, build: Number(build) };
};

export const parseRecipeArn = (arn: string): RecipeArn | undefined => {
  const [, recipeName, version] = recipePattern.exec(arn) ?? [];
  const n = parseVersionText(version ?? '');
  return recipeName === undefined || n === undefined ? undefined : { recipeName, n };
};

export const isPipelineArn = (value: unknown): value is string =>
  typeof value === 'string' && pipelinePattern.test(value);

/** A pipeline and its recipes live in one account and Region, so its ARN tells theirs. */
export const accountOfPipeline = (pipelineArn: string): string =>
  pipelinePattern.exec(pipelineArn)?.[2] ?? '';

export const recipeArn = (options: {
  pipelineArn: string;
  recipeName: string;
  n: VersionNumber;
}): string => {
  const prefix = pipelinePattern.exec(options.pipelineArn)?.[1] ?? '';
  return `${prefix}:image-recipe/${normalizedName(options.recipeName)}/${versionText(options.n)}`;
};
