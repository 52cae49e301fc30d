import * as client from '@aws-sdk/client-ec2';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { PropertyError, toServiceInput } from '../../cloudformation/to-service-input.ts';
import { isRecord } from '../../wire/scalars.ts';
import { readServiceModel } from '../../wire/model.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';

const model = readServiceModel(client);
const nameLengthMax = 128; // EC2 API Reference, CreateLaunchTemplate, LaunchTemplateName

/** The tags of the template itself; those of what is launched stand in its data. */
function ownTags(properties: Properties): unknown[] {
  const specifications = properties['TagSpecifications'] ?? [];
  if (!Array.isArray(specifications))
    throw new PropertyError('TagSpecifications', 'expected type: JSONArray');
  return specifications.flatMap((item: unknown) => {
    if (!isRecord(item) || item['ResourceType'] !== 'launch-template')
      throw new AwsError(
        'InvalidParameterValue',
        'TagSpecifications of a launch template take the resource type launch-template only',
      );
    return Array.isArray(item['Tags']) ? (item['Tags'] as unknown[]) : [];
  });
}

const tagList = (tags: Readonly<Record<string, string>>): client.Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Data and description as EC2 takes them. */
const versionOf = (
  properties: Properties,
): Pick<client.CreateLaunchTemplateCommandInput, 'LaunchTemplateData' | 'VersionDescription'> => {
  const { LaunchTemplateData, VersionDescription } = toServiceInput(model, 'CreateLaunchTemplate', {
    LaunchTemplateData: properties['LaunchTemplateData'],
    VersionDescription: properties['VersionDescription'],
  });
  return {
    LaunchTemplateData: isRecord(LaunchTemplateData) ? LaunchTemplateData : {},
    ...(typeof VersionDescription === 'string' ? { VersionDescription } : {}),
  };
};

async function provisioned(physicalId: string, deployment: Deployment): Promise<Provisioned> {
  const { LaunchTemplates = [] } = await deployment.call(
    new client.DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [physicalId] }),
  );
  const [template] = LaunchTemplates;
  return {
    physicalId,
    attributes: {
      DefaultVersionNumber: String(template?.DefaultVersionNumber),
      LatestVersionNumber: String(template?.LatestVersionNumber),
      LaunchTemplateId: physicalId,
    },
  };
}

async function updateTags(
  physicalId: string,
  deployment: Deployment,
  properties: { readonly wanted: Properties; readonly previous: Properties },
): Promise<void> {
  const before = deployment.previousTags(ownTags(properties.previous));
  const after = deployment.tags(ownTags(properties.wanted));
  const gone = Object.keys(before).filter((key) => !(key in after));
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
  if (gone.length > 0)
    await deployment.call(
      new client.DeleteTagsCommand({
        Resources: [physicalId],
        Tags: gone.map((Key) => ({ Key })),
      }),
    );
  if (changed.length > 0)
    await deployment.call(
      new client.CreateTagsCommand({
        Resources: [physicalId],
        Tags: changed.map(([Key, Value]) => ({ Key, Value })),
      }),
    );
}

/**
 * A change of the data makes a new version; the default version stays what it is, since CloudFormation cannot set it.
 *
 * Source: CloudFormation resource type AWS::EC2::LaunchTemplate, "Return values", DefaultVersionNumber.
 */
const launchTemplate: ResourceProvider = {
  type: 'AWS::EC2::LaunchTemplate',
  properties: [
    'LaunchTemplateData',
    'LaunchTemplateName',
    'TagSpecifications',
    'VersionDescription',
  ],
  required: ['LaunchTemplateData'],
  createOnly: ['LaunchTemplateName'],
  attributes: ['DefaultVersionNumber', 'LatestVersionNumber', 'LaunchTemplateId'],

  async create(properties, deployment) {
    const own = properties['LaunchTemplateName'];
    const { LaunchTemplate } = await deployment.call(
      new client.CreateLaunchTemplateCommand({
        ...versionOf(properties),
        LaunchTemplateName:
          typeof own === 'string' ? own : deployment.generateName({ lengthMax: nameLengthMax }),
        TagSpecifications: [
          {
            ResourceType: 'launch-template',
            Tags: tagList(deployment.tags(ownTags(properties))),
          },
        ],
      }),
    );
    return provisioned(LaunchTemplate?.LaunchTemplateId ?? '', deployment);
  },

  async update(properties, deployment, { physicalId, previous }) {
    const wanted = versionOf(properties);
    if (JSON.stringify(wanted) !== JSON.stringify(versionOf(previous)))
      await deployment.call(
        new client.CreateLaunchTemplateVersionCommand({ ...wanted, LaunchTemplateId: physicalId }),
      );
    await updateTags(physicalId, deployment, { wanted: properties, previous });
    return provisioned(physicalId, deployment);
  },

  async delete(physicalId, deployment) {
    try {
      await deployment.call(
        new client.DeleteLaunchTemplateCommand({ LaunchTemplateId: physicalId }),
      );
    } catch (error) {
      if (!isAwsError(error, 'InvalidLaunchTemplateId.NotFound')) throw error;
    }
  },
};

export const ec2Resources: readonly ResourceProvider[] = [launchTemplate];
