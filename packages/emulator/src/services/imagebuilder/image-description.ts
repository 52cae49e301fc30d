import type * as client from '@aws-sdk/client-imagebuilder';
import { describeDistribution } from './distribution-configurations.ts';
import { describeInfrastructure } from './infrastructure-configurations.ts';
import { describeRecipe } from './recipes.ts';
import type { StoredImage } from './state.ts';
import { tagMap } from './tags.ts';

const reasonLengthMax = 1_024; // Image Builder API Reference, ImageState, reason

const stateOf = (image: StoredImage): client.ImageState => ({
  status: image.status,
  reason: image.reason?.slice(0, reasonLengthMax),
});

export const imageSummary = (image: StoredImage): client.ImageSummary => ({
  arn: image.arn,
  name: image.name,
  type: 'AMI',
  version: `${image.version}/${image.build}`,
  platform: 'Linux',
  osVersion: image.osVersion,
  state: stateOf(image),
  owner: image.owner,
  dateCreated: image.createdAt.toISOString(),
  outputResources: { amis: image.amis },
  tags: tagMap(image.tags),
  buildType: image.buildType,
  imageSource: 'CUSTOM',
});

export const describeImage = (image: StoredImage): client.Image => ({
  ...imageSummary(image),
  version: image.version,
  enhancedImageMetadataEnabled: image.enhancedImageMetadataEnabled,
  imageRecipe: describeRecipe(image.recipe),
  sourcePipelineName: image.pipeline?.name,
  sourcePipelineArn: image.pipeline?.arn,
  infrastructureConfiguration: describeInfrastructure(image.infrastructure),
  distributionConfiguration: image.distribution && describeDistribution(image.distribution),
  imageTestsConfiguration: image.tests,
  executionRole: image.executionRole,
  loggingConfiguration:
    image.logGroupName === undefined ? undefined : { logGroupName: image.logGroupName },
});
