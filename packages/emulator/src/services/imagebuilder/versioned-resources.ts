import {
  CreateComponentCommand,
  CreateImageRecipeCommand,
  DeleteComponentCommand,
  DeleteImageRecipeCommand,
  GetComponentCommand,
  GetImageRecipeCommand,
} from '@aws-sdk/client-imagebuilder';
import type { Deployment, Provisioned, ResourceProvider } from '../../cloudformation/provider.ts';
import { createInput, ignoringAbsence, renamed, updateTags } from './resource-input.ts';

const latestAttributes = (
  latest: {
    latestVersionArn?: string | undefined;
    latestMajorVersionArn?: string | undefined;
    latestMinorVersionArn?: string | undefined;
    latestPatchVersionArn?: string | undefined;
  } = {},
): Record<string, string> => ({
  'LatestVersion.Arn': latest.latestVersionArn ?? '',
  'LatestVersion.Major': latest.latestMajorVersionArn ?? '',
  'LatestVersion.Minor': latest.latestMinorVersionArn ?? '',
  'LatestVersion.Patch': latest.latestPatchVersionArn ?? '',
});

export const component: ResourceProvider = {
  type: 'AWS::ImageBuilder::Component',
  properties: [
    'ChangeDescription',
    'Data',
    'Description',
    'KmsKeyId',
    'Name',
    'Platform',
    'SupportedOsVersions',
    'Tags',
    'Version',
  ],
  required: ['Name', 'Platform', 'Version'],
  createOnly: [
    'ChangeDescription',
    'Data',
    'Description',
    'KmsKeyId',
    'Name',
    'Platform',
    'SupportedOsVersions',
    'Version',
  ],
  async create(properties, deployment) {
    const input = createInput(
      'CreateComponent',
      renamed(properties, { Version: 'SemanticVersion' }),
      deployment,
    );
    const { componentBuildVersionArn = '' } = await deployment.call(
      new CreateComponentCommand(input),
    );
    return describeComponent(componentBuildVersionArn, deployment);
  },
  async update(properties, deployment, { physicalId, previous }) {
    await updateTags(physicalId, properties, previous, deployment);
    return describeComponent(physicalId, deployment);
  },
  delete: (physicalId, deployment) =>
    ignoringAbsence(() =>
      deployment.call(new DeleteComponentCommand({ componentBuildVersionArn: physicalId })),
    ),
};

async function describeComponent(arn: string, deployment: Deployment): Promise<Provisioned> {
  const answer = await deployment.call(new GetComponentCommand({ componentBuildVersionArn: arn }));
  return {
    physicalId: arn,
    attributes: {
      Arn: arn,
      Name: answer.component?.name ?? '',
      Type: answer.component?.type ?? '',
      Encrypted: String(answer.component?.encrypted ?? false),
      ...latestAttributes(answer.latestVersionReferences),
    },
  };
}

export const imageRecipe: ResourceProvider = {
  type: 'AWS::ImageBuilder::ImageRecipe',
  properties: [
    'AdditionalInstanceConfiguration',
    'AmiTags',
    'BlockDeviceMappings',
    'Components',
    'Description',
    'Name',
    'ParentImage',
    'Tags',
    'Version',
    'WorkingDirectory',
  ],
  required: ['Name', 'ParentImage', 'Version'],
  // AdditionalInstanceConfiguration and AmiTags change in place in AWS; no operation of the API in use does that.
  createOnly: [
    'AdditionalInstanceConfiguration',
    'AmiTags',
    'BlockDeviceMappings',
    'Components',
    'Description',
    'Name',
    'ParentImage',
    'Version',
    'WorkingDirectory',
  ],
  async create(properties, deployment) {
    const input = createInput(
      'CreateImageRecipe',
      renamed(properties, { Version: 'SemanticVersion' }),
      deployment,
    );
    const { imageRecipeArn = '' } = await deployment.call(new CreateImageRecipeCommand(input));
    return describeRecipe(imageRecipeArn, deployment);
  },
  async update(properties, deployment, { physicalId, previous }) {
    await updateTags(physicalId, properties, previous, deployment);
    return describeRecipe(physicalId, deployment);
  },
  delete: (physicalId, deployment) =>
    ignoringAbsence(() =>
      deployment.call(new DeleteImageRecipeCommand({ imageRecipeArn: physicalId })),
    ),
};

async function describeRecipe(arn: string, deployment: Deployment): Promise<Provisioned> {
  const answer = await deployment.call(new GetImageRecipeCommand({ imageRecipeArn: arn }));
  return {
    physicalId: arn,
    attributes: {
      Arn: arn,
      Name: answer.imageRecipe?.name ?? '',
      ...latestAttributes(answer.latestVersionReferences),
    },
  };
}
