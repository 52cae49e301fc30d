import {
  CancelImageCreationCommand,
  CreateImageRecipeCommand,
  GetImageRecipeCommand,
  ImagebuilderClient,
  StartImagePipelineExecutionCommand,
  paginateListImageRecipes,
} from '@aws-sdk/client-imagebuilder';
import type { InstanceBlockDeviceMapping } from '@aws-sdk/client-imagebuilder';
import { GoldenError } from '../model/golden-error.ts';
import { normalizedName, parseRecipeArn, recipeArn } from '../model/image-builder-arn.ts';
import { versionNumber, versionText } from '../model/image-version.ts';
import type { VersionNumber } from '../model/image-version.ts';
import type { RecipeContent } from '../plan/recipe.ts';
import { clientOptions } from './client-options.ts';
import { hasCode, isInvalidRequest, isQuotaExceeded, isResourceExists } from './error-codes.ts';
import { allPages } from './pages.ts';

export interface RecipeInventory {
  /** All recipes of this account and Region: the quota knows no lines. */
  count: number;
  /** Highest n among the recipes of our line; 0 when the template's own is the only one. */
  highestN: VersionNumber;
}

/** `taken`: a recipe of that version exists and holds other bytes or another parent. */
export type CreatedRecipe =
  { kind: 'ready'; recipeArn: string } | { kind: 'taken' } | { kind: 'quota' };

export interface ImageBuilderPort {
  recipes(): Promise<RecipeInventory>;
  createRecipe(recipe: {
    content: RecipeContent;
    clientToken: string;
    encryption?: { deviceName: string; kmsKeyId: string };
  }): Promise<CreatedRecipe>;
  /** Starts the pipeline and returns the ARN of the image it builds. */
  startPipeline(clientToken: string): Promise<string>;
  /** `refused`: the image had already ended. */
  cancelImage(image: { imageArn: string; clientToken: string }): Promise<'cancelled' | 'refused'>;
}

export interface ImageBuilderOptions {
  pipelineArn: string;
  recipeName: string;
  componentArn: string;
}

const recipePageSizeMax = 25; // Image Builder API reference, ListImageRecipes

export const imageBuilderClientIn = (region: string): ImagebuilderClient =>
  new ImagebuilderClient(clientOptions(region));

export const makeImageBuilder = (
  client: ImagebuilderClient,
  options: ImageBuilderOptions,
): ImageBuilderPort => {
  const arnOf = (n: VersionNumber): string => recipeArn({ ...options, n });

  const holds = async (content: RecipeContent): Promise<boolean> => {
    const { imageRecipe } = await client.send(
      new GetImageRecipeCommand({ imageRecipeArn: arnOf(content.n) }),
    );
    const parameters = imageRecipe?.components?.flatMap((component) => component.parameters ?? []);
    return (
      imageRecipe?.parentImage === content.parentAmi &&
      parameters?.some(
        ({ name, value }) => name === 'PayloadSha256' && value?.[0] === content.payloadSha256,
      ) === true
    );
  };

  return {
    recipes: async () => {
      const request = { owner: 'Self', maxResults: recipePageSizeMax } as const;
      const recipes = await allPages(
        paginateListImageRecipes({ client }, request),
        (page) => page.imageRecipeSummaryList,
      );
      const arns = recipes.map(({ arn }) => arn ?? '');
      const ours = normalizedName(options.recipeName);
      const numbers = arns
        .map(parseRecipeArn)
        .filter((recipe) => recipe !== undefined)
        .filter(({ recipeName }) => normalizedName(recipeName) === ours)
        .map(({ n }) => n);
      return { count: arns.length, highestN: versionNumber(Math.max(0, ...numbers)) };
    },

    createRecipe: async ({ content, clientToken, encryption }) => {
      const parameters = Object.entries(content.parameters).map(([name, value]) => ({
        name,
        value: [value],
      }));
      try {
        await client.send(
          new CreateImageRecipeCommand({
            name: options.recipeName,
            semanticVersion: versionText(content.n),
            parentImage: content.parentAmi,
            components: [{ componentArn: options.componentArn, parameters }],
            ...(encryption === undefined
              ? {}
              : { blockDeviceMappings: [encryptedRoot(encryption)] }),
            clientToken,
          }),
        );
        return { kind: 'ready', recipeArn: arnOf(content.n) };
      } catch (error) {
        if (isQuotaExceeded(error)) return { kind: 'quota' };
        // The mismatch: this claim made the recipe before a stack update changed the component or the key.
        if (!isResourceExists(error) && !hasCode(error, 'IdempotentParameterMismatch')) throw error;
        return (await holds(content))
          ? { kind: 'ready', recipeArn: arnOf(content.n) }
          : { kind: 'taken' };
      }
    },

    startPipeline: async (clientToken) => {
      const { imageBuildVersionArn } = await client.send(
        new StartImagePipelineExecutionCommand({
          imagePipelineArn: options.pipelineArn,
          clientToken,
        }),
      );
      if (imageBuildVersionArn !== undefined) return imageBuildVersionArn;
      throw new GoldenError({
        code: 'unexpected-answer',
        message: 'StartImagePipelineExecution named no image; the same token will ask again',
        retryable: true,
      });
    },

    cancelImage: async ({ imageArn, clientToken }) => {
      try {
        await client.send(
          new CancelImageCreationCommand({ imageBuildVersionArn: imageArn, clientToken }),
        );
        return 'cancelled';
      } catch (error) {
        if (isInvalidRequest(error)) return 'refused';
        throw error;
      }
    },
  };
};

const encryptedRoot = (encryption: {
  deviceName: string;
  kmsKeyId: string;
}): InstanceBlockDeviceMapping => ({
  deviceName: encryption.deviceName,
  ebs: { encrypted: true, kmsKeyId: encryption.kmsKeyId, deleteOnTermination: true },
});
