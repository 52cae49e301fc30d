import type * as client from '@aws-sdk/client-imagebuilder';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import {
  createChecks,
  executionRoleChecks,
  listCheck,
  resourceCheck,
  tagChecks,
} from './access.ts';
import { requireArn, resourceArn } from './arns.ts';
import { once } from './client-token.ts';
import { requireDistribution } from './distribution-configurations.ts';
import {
  alreadyExists,
  invalidCombination,
  notFound,
  notModelled,
  quotaExceeded,
} from './errors.ts';
import { imageSummary } from './image-description.ts';
import { requireInfrastructure } from './infrastructure-configurations.ts';
import { filterItems, listPage } from './listing.ts';
import { findRecipe } from './recipes.ts';
import { imageBuilderState, type PipelineSettings, type StoredPipeline } from './state.ts';
import { newTags, tagMap } from './tags.ts';

const pipelinesMax = 75; // Image Builder quotas, image pipelines per Region
export const testTimeoutMinutesDefault = 720; // Image Builder API Reference, ImageTestsConfiguration

type SettingsInput = Omit<client.UpdateImagePipelineCommandInput, 'imagePipelineArn'>;

const arnOf = (call: Call, name: string | undefined): string =>
  resourceArn(call, { type: 'image-pipeline', name: name ?? '' });

/** What a caller must be able to read of what the pipeline or image is made of. */
export const partChecks = (
  call: Call,
  input: {
    readonly imageRecipeArn?: string | undefined;
    readonly infrastructureConfigurationArn?: string | undefined;
    readonly distributionConfigurationArn?: string | undefined;
    readonly executionRole?: string | undefined;
  },
): AccessCheck[] => [
  ...(input.imageRecipeArn === undefined
    ? []
    : [resourceCheck(call, 'GetImageRecipe', input.imageRecipeArn)]),
  resourceCheck(call, 'GetInfrastructureConfiguration', input.infrastructureConfigurationArn),
  ...(input.distributionConfigurationArn === undefined
    ? []
    : [resourceCheck(call, 'GetDistributionConfiguration', input.distributionConfigurationArn)]),
  ...executionRoleChecks(call, input.executionRole),
];

export const createImagePipeline = operation<
  client.CreateImagePipelineCommandInput,
  Partial<client.CreateImagePipelineCommandOutput>
>({
  authorize: (input, call) => [
    ...createChecks('CreateImagePipeline', arnOf(call, input.name), input.tags),
    ...partChecks(call, input),
    ...tagChecks(imageArnsOf(call, input), input.imageTags),
  ],
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const name = input.name ?? '';
      const arn = arnOf(call, name);
      const { pipelines } = imageBuilderState.in(call);
      if (pipelines.has(arn)) throw alreadyExists('ImagePipeline', arn);
      if (pipelines.size >= pipelinesMax) throw quotaExceeded('image pipelines', pipelinesMax);
      pipelines.set(arn, {
        arn,
        name,
        createdAt: call.date,
        updatedAt: undefined,
        settings: readSettings(call, input),
        lastRunAt: undefined,
        lastRunImageArn: undefined,
        tags: newTags(call, input.tags),
      });
      return { requestId: call.requestId, clientToken, imagePipelineArn: arn };
    }),
});

/** Tags for the images of a recipe need the right to tag those images. */
export const imageArnsOf = (
  call: Call,
  input: { readonly imageRecipeArn?: string | undefined },
): string =>
  resourceArn(call, {
    type: 'image',
    name: /image-recipe\/([^/]+)/.exec(input.imageRecipeArn ?? '')?.[1] ?? '*',
    version: '*',
  });

/** An update resets what it is not sent; only the name stays. */
export const updateImagePipeline = operation<
  client.UpdateImagePipelineCommandInput,
  Partial<client.UpdateImagePipelineCommandOutput>
>({
  authorize: (input, call) => [
    resourceCheck(call, 'UpdateImagePipeline', input.imagePipelineArn),
    ...partChecks(call, input),
    ...tagChecks(imageArnsOf(call, input), input.imageTags),
  ],
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const pipeline = requirePipeline(call, input.imagePipelineArn);
      pipeline.settings = readSettings(call, input);
      pipeline.updatedAt = call.date;
      return { requestId: call.requestId, clientToken, imagePipelineArn: pipeline.arn };
    }),
});

function readSettings(call: Call, input: SettingsInput): PipelineSettings {
  refuse(input);
  if (input.imageRecipeArn === undefined)
    throw invalidCombination(
      'imageRecipeArn',
      'An image recipe or a container recipe is required.',
    );
  const recipe = requireArn('imageRecipeArn', input.imageRecipeArn, 'image-recipe');
  if (!findRecipe(call, recipe)) throw notFound('image recipe', input.imageRecipeArn);
  const infrastructure = requireInfrastructure(call, input.infrastructureConfigurationArn);
  const distribution =
    input.distributionConfigurationArn === undefined
      ? undefined
      : requireDistribution(call, input.distributionConfigurationArn);
  return {
    description: input.description,
    imageRecipeArn: input.imageRecipeArn,
    infrastructureConfigurationArn: infrastructure.arn,
    distributionConfigurationArn: distribution?.arn,
    imageTestsConfiguration: readTests(input.imageTestsConfiguration),
    enhancedImageMetadataEnabled: input.enhancedImageMetadataEnabled ?? true,
    status: input.status ?? 'ENABLED',
    imageTags: input.imageTags,
    executionRole: input.executionRole,
    loggingConfiguration: input.loggingConfiguration,
  };
}

/** What pipelines and images have in common and this emulator does not do. */
export function refuse(input: {
  readonly containerRecipeArn?: string | undefined;
  readonly schedule?: object | undefined;
  readonly workflows?: readonly object[] | undefined;
  readonly imageScanningConfiguration?: client.ImageScanningConfiguration | undefined;
  readonly executionRole?: string | undefined;
}): void {
  if (input.containerRecipeArn !== undefined) throw notModelled('the parameter containerRecipeArn');
  if (input.schedule !== undefined) throw notModelled('the parameter schedule');
  if ((input.workflows ?? []).length > 0) throw notModelled('the parameter workflows');
  if (input.imageScanningConfiguration?.imageScanningEnabled === true)
    throw notModelled('the parameter imageScanningConfiguration.imageScanningEnabled');
  if (input.executionRole !== undefined && !input.executionRole.startsWith('arn:'))
    throw notModelled('an executionRole that is not an ARN');
}

export function readTests(input: client.ImageTestsConfiguration | undefined): {
  imageTestsEnabled: boolean;
  timeoutMinutes: number;
} {
  return {
    imageTestsEnabled: input?.imageTestsEnabled ?? true,
    timeoutMinutes: input?.timeoutMinutes ?? testTimeoutMinutesDefault,
  };
}

export function requirePipeline(call: Call, arn: string | undefined): StoredPipeline {
  requireArn('imagePipelineArn', arn, 'image-pipeline');
  const found = imageBuilderState.in(call).pipelines.get(arn ?? '');
  if (!found) throw notFound('image pipeline', arn ?? '');
  return found;
}

export const getImagePipeline = operation<
  client.GetImagePipelineCommandInput,
  Partial<client.GetImagePipelineCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'GetImagePipeline', input.imagePipelineArn),
  run: (input, call) => ({
    requestId: call.requestId,
    imagePipeline: describe(call, requirePipeline(call, input.imagePipelineArn)),
  }),
});

function describe(call: Call, pipeline: StoredPipeline): client.ImagePipeline {
  const lastRun = imageBuilderState.in(call).images.get(pipeline.lastRunImageArn ?? '');
  return {
    ...pipeline.settings,
    arn: pipeline.arn,
    name: pipeline.name,
    platform: 'Linux',
    dateCreated: pipeline.createdAt.toISOString(),
    dateUpdated: pipeline.updatedAt?.toISOString(),
    dateLastRun: pipeline.lastRunAt?.toISOString(),
    lastRunStatus: lastRun?.status,
    tags: tagMap(pipeline.tags),
  };
}

export const listImagePipelines = operation<
  client.ListImagePipelinesCommandInput,
  Partial<client.ListImagePipelinesCommandOutput>
>({
  authorize: () => listCheck('ListImagePipelines'),
  run(input, call) {
    const found = filterItems([...imageBuilderState.in(call).pipelines.values()], input.filters, {
      name: ({ name }) => [name],
      description: ({ settings }) => [settings.description],
      imageRecipeArn: ({ settings }) => [settings.imageRecipeArn],
      infrastructureConfigurationArn: ({ settings }) => [settings.infrastructureConfigurationArn],
      distributionConfigurationArn: ({ settings }) => [settings.distributionConfigurationArn],
      status: ({ settings }) => [settings.status],
    });
    const page = listPage(call, input, found, ({ arn }) => arn);
    return {
      requestId: call.requestId,
      imagePipelineList: page.items.map((pipeline) => describe(call, pipeline)),
      nextToken: page.nextToken,
    };
  },
});

export const listImagePipelineImages = operation<
  client.ListImagePipelineImagesCommandInput,
  Partial<client.ListImagePipelineImagesCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'ListImagePipelineImages', input.imagePipelineArn),
  run(input, call) {
    const { arn } = requirePipeline(call, input.imagePipelineArn);
    const built = [...imageBuilderState.in(call).images.values()].filter(
      ({ pipeline }) => pipeline?.arn === arn,
    );
    const found = filterItems(built, input.filters, {
      name: ({ name }) => [name],
      version: ({ version }) => [version],
    });
    const page = listPage(call, input, found, (image) => image.arn);
    return {
      requestId: call.requestId,
      imageSummaryList: page.items.map(imageSummary),
      nextToken: page.nextToken,
    };
  },
});

export const deleteImagePipeline = operation<
  client.DeleteImagePipelineCommandInput,
  Partial<client.DeleteImagePipelineCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'DeleteImagePipeline', input.imagePipelineArn),
  run(input, call) {
    const { arn } = requirePipeline(call, input.imagePipelineArn);
    imageBuilderState.in(call).pipelines.delete(arn);
    return { requestId: call.requestId, imagePipelineArn: arn };
  },
});
