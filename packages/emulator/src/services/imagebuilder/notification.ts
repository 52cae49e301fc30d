import { PublishCommand } from '@aws-sdk/client-sns';
import { isAwsError } from '../../world/aws-error.ts';
import type { Build } from './build-context.ts';
import { ownRole } from './service-role.ts';
import type { StoredImage, StoredRecipe } from './state.ts';
import { versionNumber } from './versions.ts';

/**
 * Publishes the end of a build to the topic of its infrastructure configuration, in the name of the service's own
 * role. A refusal of the topic or its key loses the message; the journal notes it.
 *
 * Source: IB User Guide, "Amazon SNS integration in Image Builder": AVAILABLE and FAILED only.
 */
export async function announceEnd(build: Build): Promise<void> {
  const { scope, image } = build;
  const topicArn = image.infrastructure.settings.snsTopicArn;
  if (topicArn === undefined) return;
  try {
    await scope.send(new PublishCommand({ TopicArn: topicArn, Message: notificationText(image) }), {
      as: ownRole(scope),
    });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    scope.record('notification-lost', {
      arn: image.arn,
      topicArn,
      error: error.code,
      message: error.message,
    });
  }
}

/** The message as JSON text. Its `semver` is a whole number beyond what JSON numbers of JavaScript hold exactly. */
export function notificationText(image: StoredImage): string {
  const semver = versionNumber(image.version, image.build).toString();
  const mark = `semver of ${image.arn}`;
  return JSON.stringify({
    versionlessArn: image.arn.split('/').slice(0, 2).join('/'),
    semver: mark,
    arn: image.arn,
    name: image.name,
    version: image.version,
    type: 'AMI',
    buildVersion: image.build,
    state: {
      status: image.status,
      ...(image.reason === undefined ? {} : { reason: image.reason }),
    },
    platform: 'Linux',
    imageRecipe: recipePart(image.recipe),
    sourcePipelineArn: image.pipeline?.arn,
    infrastructureConfiguration: infrastructurePart(image),
    imageTestsConfigurationDocument: image.tests,
    distributionConfiguration: distributionPart(image),
    dateCreated: dateText(image.createdAt),
    outputResources: {
      amis: image.amis.map(({ region, image: id, name, accountId }) => ({
        region,
        image: id,
        name,
        accountId,
      })),
    },
    ...endPart(image),
    accountId: image.owner,
    enhancedImageMetadataEnabled: image.enhancedImageMetadataEnabled,
    buildType: image.buildType,
    tags: tagsPart(image.tags, image.arn),
  }).replace(JSON.stringify(mark), semver);
}

/** A failed image carries none of these. */
const endPart = (image: StoredImage): object =>
  image.status === 'AVAILABLE'
    ? {
        buildExecutionId: image.jobIds.get('build'),
        testExecutionId: image.jobIds.get('test'),
        distributionJobId: image.jobIds.get('distribution'),
        integrationJobId: image.jobIds.get('integration'),
        osVersion: image.osVersion,
      }
    : {};

const recipePart = (recipe: StoredRecipe): object => ({
  arn: recipe.arn,
  name: recipe.name,
  version: recipe.version,
  components: recipe.components.map(({ componentArn, parameters }) => ({
    componentArn,
    parameters,
  })),
  platform: recipe.platform,
  parentImage: recipe.parentImage,
  blockDeviceMappings: recipe.blockDeviceMappings,
  dateCreated: dateText(recipe.createdAt),
  tags: tagsPart(recipe.tags, recipe.arn),
  workingDirectory: recipe.workingDirectory,
  accountId: recipe.owner,
});

const infrastructurePart = ({ infrastructure, owner }: StoredImage): object => ({
  arn: infrastructure.arn,
  name: infrastructure.name,
  instanceProfileName: infrastructure.settings.instanceProfileName,
  instanceTypes: infrastructure.settings.instanceTypes,
  securityGroupIds: infrastructure.settings.securityGroupIds,
  subnetId: infrastructure.settings.subnetId,
  tags: tagsPart(infrastructure.tags, infrastructure.arn),
  logging: infrastructure.settings.logging,
  keyPair: infrastructure.settings.keyPair,
  terminateInstanceOnFailure: infrastructure.settings.terminateInstanceOnFailure,
  snsTopicArn: infrastructure.settings.snsTopicArn,
  dateCreated: dateText(infrastructure.createdAt),
  accountId: owner,
});

const distributionPart = ({ distribution, owner }: StoredImage): object | undefined =>
  distribution && {
    arn: distribution.arn,
    name: distribution.name,
    dateCreated: dateText(distribution.createdAt),
    distributions: distribution.distributions,
    tags: tagsPart(distribution.tags, distribution.arn),
    accountId: owner,
  };

const tagsPart = (tags: ReadonlyMap<string, string>, resourceArn: string): object => ({
  resourceArn,
  ...Object.fromEntries(tags),
});

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Feb 24, 2021 12:31:54 AM`, in UTC. */
export function dateText(date: Date): string {
  const hours = date.getUTCHours();
  const clock = [hours % 12 === 0 ? 12 : hours % 12, date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':');
  return `${months[date.getUTCMonth()] ?? ''} ${date.getUTCDate()}, ${date.getUTCFullYear()} ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
