import type * as client from '@aws-sdk/client-imagebuilder';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { findLinkedRole, linkedRoleArn } from '../iam/service-linked-roles.ts';
import { serviceLinkedRole } from '../iam/service-session.ts';
import { createChecks, resourceCheck, tagChecks } from './access.ts';
import { latestReferences, normalizedName, requireArn, resourceArn } from './arns.ts';
import { once } from './client-token.ts';
import { requireDistribution } from './distribution-configurations.ts';
import { invalidCombination, invalidValue, notFound, quotaExceeded } from './errors.ts';
import { startBuild } from './execution.ts';
import { isFinal } from './images.ts';
import { requireInfrastructure } from './infrastructure-configurations.ts';
import { imageArnsOf, partChecks, readTests, refuse, requirePipeline } from './pipelines.ts';
import { findRecipe } from './recipes.ts';
import { imageBuilderService } from './service-role.ts';
import { imageBuilderState, type StoredImage, type StoredRecipe } from './state.ts';
import { newTags } from './tags.ts';
import { hasWildcard } from './versions.ts';

const linkedRoleName = 'AWSServiceRoleForImageBuilder';
const concurrentBuildsMax = 100; // Image Builder quotas, concurrent builds per Region

export const startImagePipelineExecution = operation<
  client.StartImagePipelineExecutionCommandInput,
  Partial<client.StartImagePipelineExecutionCommandOutput>
>({
  authorize: (input, call) => [
    resourceCheck(call, 'StartImagePipelineExecution', input.imagePipelineArn),
    ...tagChecks(
      imageArnsOf(
        call,
        imageBuilderState.in(call).pipelines.get(input.imagePipelineArn ?? '')?.settings ?? {},
      ),
      input.tags,
    ),
  ],
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const pipeline = requirePipeline(call, input.imagePipelineArn);
      const { settings } = pipeline;
      // A wildcard means the highest recipe that exists now.
      const recipe = requireRecipe(call, settings.imageRecipeArn);
      ensureLinkedRole(call);
      const image = addImage(call, {
        recipe,
        infrastructureArn: settings.infrastructureConfigurationArn,
        distributionArn: settings.distributionConfigurationArn,
        pipeline: { arn: pipeline.arn, name: pipeline.name },
        tests: readTests(settings.imageTestsConfiguration),
        enhancedImageMetadataEnabled: settings.enhancedImageMetadataEnabled,
        executionRole: settings.executionRole,
        logGroupName: settings.loggingConfiguration?.imageLogGroupName,
        // Source: IB User Guide, "EventBridge integration in Image Builder": a rule's starts count as scheduled.
        buildType: call.via.includes('events.amazonaws.com') ? 'SCHEDULED' : 'USER_INITIATED',
        tags: { ...settings.imageTags, ...input.tags },
      });
      pipeline.lastRunAt = call.date;
      pipeline.lastRunImageArn = image.arn;
      startBuild(call, image);
      return { requestId: call.requestId, clientToken, imageBuildVersionArn: image.arn };
    }),
});

export const createImage = operation<
  client.CreateImageCommandInput,
  Partial<client.CreateImageCommandOutput>
>({
  authorize: (input, call) => [
    ...createChecks(
      'CreateImage',
      resourceArn(call, {
        type: 'image',
        name: /image-recipe\/([^/]+)/.exec(input.imageRecipeArn ?? '')?.[1] ?? '',
        version: /image-recipe\/[^/]+\/([^/]+)/.exec(input.imageRecipeArn ?? '')?.[1] ?? '',
      }),
      input.tags,
    ),
    ...partChecks(call, input),
  ],
  run: (input, call) =>
    once(call, input, (clientToken) => {
      refuse(input);
      if (input.imageRecipeArn === undefined)
        throw invalidCombination(
          'imageRecipeArn',
          'An image recipe or a container recipe is required.',
        );
      const arn = requireArn('imageRecipeArn', input.imageRecipeArn, 'image-recipe');
      if (arn.pattern && hasWildcard(arn.pattern))
        throw invalidValue('imageRecipeArn', 'An exact version of the recipe is required.');
      const recipe = requireRecipe(call, input.imageRecipeArn);
      ensureLinkedRole(call);
      const image = addImage(call, {
        recipe,
        infrastructureArn: input.infrastructureConfigurationArn ?? '',
        distributionArn: input.distributionConfigurationArn,
        pipeline: undefined,
        tests: readTests(input.imageTestsConfiguration),
        enhancedImageMetadataEnabled: input.enhancedImageMetadataEnabled ?? true,
        executionRole: input.executionRole,
        logGroupName: input.loggingConfiguration?.logGroupName,
        buildType: 'USER_INITIATED',
        tags: input.tags ?? {},
      });
      startBuild(call, image);
      return {
        requestId: call.requestId,
        clientToken,
        imageBuildVersionArn: image.arn,
        latestVersionReferences: latestReferences(image.arn),
      };
    }),
});

function requireRecipe(call: Call, arn: string): StoredRecipe {
  const recipe = findRecipe(call, requireArn('imageRecipeArn', arn, 'image-recipe'));
  if (!recipe) throw notFound('image recipe', arn);
  return recipe;
}

/** The first build of an account makes the service's role, in the name of whoever starts it. */
function ensureLinkedRole(call: Call): void {
  if (findLinkedRole(call, imageBuilderService)) return;
  call.require({
    action: 'iam:CreateServiceLinkedRole',
    resource: linkedRoleArn(call, imageBuilderService, linkedRoleName),
    context: { 'iam:AWSServiceName': imageBuilderService },
  });
  serviceLinkedRole(call, imageBuilderService, { create: true });
}

interface NewImage {
  readonly recipe: StoredRecipe;
  readonly infrastructureArn: string;
  readonly distributionArn: string | undefined;
  readonly pipeline: StoredImage['pipeline'];
  readonly tests: StoredImage['tests'];
  readonly enhancedImageMetadataEnabled: boolean;
  readonly executionRole: string | undefined;
  readonly logGroupName: string | undefined;
  readonly buildType: client.BuildType;
  readonly tags: Readonly<Record<string, string>>;
}

/** Takes a build in, with all settings as they are now: later changes do not reach it. */
function addImage(call: Call, options: NewImage): StoredImage {
  const { recipe } = options;
  const { images, buildCounts } = imageBuilderState.in(call);
  if ([...images.values()].filter((image) => !isFinal(image)).length >= concurrentBuildsMax)
    throw quotaExceeded('concurrent builds', concurrentBuildsMax);
  const infrastructure = requireInfrastructure(call, options.infrastructureArn);
  const distribution =
    options.distributionArn === undefined
      ? undefined
      : requireDistribution(call, options.distributionArn);
  const countKey = `${normalizedName(recipe.name)}/${recipe.version}`;
  const build = (buildCounts.get(countKey) ?? 0) + 1;
  const tags = newTags(call, options.tags);
  buildCounts.set(countKey, build);
  const image: StoredImage = {
    arn: resourceArn(call, { type: 'image', name: recipe.name, version: recipe.version, build }),
    name: recipe.name,
    version: recipe.version,
    build,
    owner: call.account,
    createdAt: call.date,
    recipe,
    infrastructure: {
      arn: infrastructure.arn,
      name: infrastructure.name,
      createdAt: infrastructure.createdAt,
      tags: new Map(infrastructure.tags),
      settings: infrastructure.settings,
    },
    distribution: distribution && {
      arn: distribution.arn,
      name: distribution.name,
      createdAt: distribution.createdAt,
      tags: new Map(distribution.tags),
      distributions: distribution.distributions,
    },
    pipeline: options.pipeline,
    tests: options.tests,
    enhancedImageMetadataEnabled: options.enhancedImageMetadataEnabled,
    executionRole: options.executionRole,
    logGroupName: options.logGroupName,
    buildType: options.buildType,
    tags,
    status: 'PENDING',
    reason: undefined,
    failure: undefined,
    amis: [],
    osVersion: undefined,
    cancelRequested: false,
    jobIds: new Map(),
  };
  images.set(image.arn, image);
  return image;
}
