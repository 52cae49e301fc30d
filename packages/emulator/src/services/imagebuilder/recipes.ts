import type * as client from '@aws-sdk/client-imagebuilder';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { createChecks, listCheck, resourceCheck } from './access.ts';
import {
  latestReferences,
  normalizedName,
  parseArn,
  requireArn,
  resourceArn,
  type ParsedArn,
} from './arns.ts';
import { onceAsync } from './client-token.ts';
import { alreadyExists, hasDependents, notFound, quotaExceeded } from './errors.ts';
import { filterItems, listPage } from './listing.ts';
import { imageBuilderState, type StoredRecipe } from './state.ts';
import {
  checkComponents,
  checkInstanceConfiguration,
  checkMappings,
  checkParent,
} from './recipe-checks.ts';
import { newTags, tagMap } from './tags.ts';
import { highestVersion, nextVersion, parseVersion } from './versions.ts';

const recipesMax = 1_000; // Image Builder quotas, image recipes per Region
const workingDirectoryDefault = '/tmp'; // Image Builder API Reference, CreateImageRecipe, workingDirectory

const recipeArn = (
  call: Call,
  input: { name?: string | undefined; semanticVersion?: string | undefined },
): string =>
  resourceArn(call, {
    type: 'image-recipe',
    name: input.name ?? '',
    version: input.semanticVersion ?? '',
  });

export const createImageRecipe = operation<
  client.CreateImageRecipeCommandInput,
  Partial<client.CreateImageRecipeCommandOutput>
>({
  authorize: (input, call) => [
    ...createChecks('CreateImageRecipe', recipeArn(call, input), input.tags),
    ...dependentChecks(call, input),
  ],
  run: (input, call) =>
    onceAsync(call, input, async (clientToken) => {
      const recipe = await makeRecipe(call, input);
      imageBuilderState.in(call).recipes.set(recipe.arn, recipe);
      return {
        requestId: call.requestId,
        clientToken,
        imageRecipeArn: recipe.arn,
        latestVersionReferences: latestReferences(recipe.arn),
      };
    }),
});

/** The caller must be able to read what the recipe is made of. */
function dependentChecks(call: Call, input: client.CreateImageRecipeCommandInput): AccessCheck[] {
  const components = (input.components ?? []).map(({ componentArn }) => componentArn ?? '');
  const parent = input.parentImage ?? '';
  return [
    ...components.map((arn) => resourceCheck(call, 'GetComponent', arn)),
    ...(parent.startsWith('arn:aws:imagebuilder:')
      ? [resourceCheck(call, 'GetImage', parent)]
      : []),
  ];
}

async function makeRecipe(
  call: Call,
  input: client.CreateImageRecipeCommandInput,
): Promise<StoredRecipe> {
  const name = input.name ?? '';
  const pattern = parseVersion(input.semanticVersion ?? '');
  if (!pattern)
    throw new AwsError(
      'InvalidVersionNumberException',
      `The version '${input.semanticVersion ?? ''}' is not valid: it must have the form <major>.<minor>.<patch>`,
    );
  const { recipes } = imageBuilderState.in(call);
  const versions = versionsOf(call, name);
  const version = nextVersion(versions, pattern);
  const arn = recipeArn(call, { name, semanticVersion: version });
  if (recipes.has(arn)) throw alreadyExists('ImageRecipe', arn);
  if (recipes.size >= recipesMax) throw quotaExceeded('image recipes', recipesMax);
  checkInstanceConfiguration(input.additionalInstanceConfiguration);
  checkMappings(input.blockDeviceMappings ?? []);
  const components = checkComponents(call, input.components ?? []);
  await checkParent(call, input.parentImage ?? '');
  return {
    arn,
    name,
    version,
    owner: call.account,
    platform: 'Linux',
    description: input.description,
    parentImage: input.parentImage ?? '',
    components,
    blockDeviceMappings: input.blockDeviceMappings,
    workingDirectory: input.workingDirectory ?? workingDirectoryDefault,
    amiTags: input.amiTags,
    additionalInstanceConfiguration: input.additionalInstanceConfiguration,
    createdAt: call.date,
    tags: newTags(call, input.tags),
  };
}

const versionsOf = (scope: Scope, name: string): string[] =>
  [...imageBuilderState.in(scope).recipes.values()]
    .filter((recipe) => normalizedName(recipe.name) === normalizedName(name))
    .map(({ version }) => version);

/** The recipe that an ARN means now; wildcards take the highest version that exists. */
export function findRecipe(scope: Scope, arn: ParsedArn): StoredRecipe | undefined {
  const named = [...imageBuilderState.in(scope).recipes.values()].filter(
    (recipe) =>
      normalizedName(recipe.name) === arn.name &&
      arn.owner === scope.account &&
      arn.region === scope.region,
  );
  const version =
    arn.pattern &&
    highestVersion(
      named.map((recipe) => recipe.version),
      arn.pattern,
    );
  return named.find((recipe) => recipe.version === version);
}

export const getImageRecipe = operation<
  client.GetImageRecipeCommandInput,
  Partial<client.GetImageRecipeCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'GetImageRecipe', input.imageRecipeArn),
  run(input, call) {
    const recipe = findRecipe(
      call,
      requireArn('imageRecipeArn', input.imageRecipeArn, 'image-recipe'),
    );
    if (!recipe) throw notFound('image recipe', input.imageRecipeArn ?? '');
    return {
      requestId: call.requestId,
      imageRecipe: describeRecipe(recipe),
      latestVersionReferences: latestReferences(recipe.arn),
    };
  },
});

export const describeRecipe = (recipe: StoredRecipe): client.ImageRecipe => ({
  arn: recipe.arn,
  type: 'AMI',
  name: recipe.name,
  description: recipe.description,
  platform: recipe.platform,
  owner: recipe.owner,
  version: recipe.version,
  components: [...recipe.components],
  parentImage: recipe.parentImage,
  blockDeviceMappings: recipe.blockDeviceMappings && [...recipe.blockDeviceMappings],
  dateCreated: recipe.createdAt.toISOString(),
  tags: tagMap(recipe.tags),
  workingDirectory: recipe.workingDirectory,
  additionalInstanceConfiguration: recipe.additionalInstanceConfiguration,
  amiTags: recipe.amiTags,
});

export const listImageRecipes = operation<
  client.ListImageRecipesCommandInput,
  Partial<client.ListImageRecipesCommandOutput>
>({
  authorize: () => listCheck('ListImageRecipes'),
  run(input, call) {
    const owner = input.owner ?? 'Self';
    const owned = owner === 'Self' ? [...imageBuilderState.in(call).recipes.values()] : [];
    const found = filterItems(owned, input.filters, {
      name: ({ name }) => [name],
      parentImage: ({ parentImage }) => [parentImage],
      platform: ({ platform }) => [platform],
    });
    const page = listPage(call, input, found, ({ arn }) => arn);
    return {
      requestId: call.requestId,
      imageRecipeSummaryList: page.items.map((recipe) => ({
        arn: recipe.arn,
        name: recipe.name,
        platform: recipe.platform,
        owner: recipe.owner,
        parentImage: recipe.parentImage,
        dateCreated: recipe.createdAt.toISOString(),
        tags: tagMap(recipe.tags),
      })),
      nextToken: page.nextToken,
    };
  },
});

export const deleteImageRecipe = operation<
  client.DeleteImageRecipeCommandInput,
  Partial<client.DeleteImageRecipeCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'DeleteImageRecipe', input.imageRecipeArn),
  run(input, call) {
    const arn = input.imageRecipeArn ?? '';
    const { recipes, pipelines, images } = imageBuilderState.in(call);
    requireArn('imageRecipeArn', arn, 'image-recipe');
    if (!recipes.has(arn)) throw notFound('image recipe', arn);
    const isUsed =
      [...pipelines.values()].some(({ settings }) => isMeant(call, settings.imageRecipeArn, arn)) ||
      [...images.values()].some(({ recipe }) => recipe.arn === arn);
    if (isUsed) throw hasDependents(arn);
    recipes.delete(arn);
    return { requestId: call.requestId, imageRecipeArn: arn };
  },
});

/** Whether a pipeline's recipe is this one now; a wildcard depends on the recipe that it resolves to. */
const isMeant = (scope: Scope, pipelineRecipe: string, arn: string): boolean => {
  const parsed = parseArn(pipelineRecipe);
  return parsed !== undefined && findRecipe(scope, parsed)?.arn === arn;
};
