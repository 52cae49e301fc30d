import {
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateInfrastructureConfigurationCommand,
  DeleteDistributionConfigurationCommand,
  DeleteImagePipelineCommand,
  DeleteInfrastructureConfigurationCommand,
  UpdateDistributionConfigurationCommand,
  UpdateImagePipelineCommand,
  UpdateInfrastructureConfigurationCommand,
} from '@aws-sdk/client-imagebuilder';
import type { Properties, Provisioned, ResourceProvider } from '../../cloudformation/provider.ts';
import { isRecord } from '../../wire/scalars.ts';
import {
  createInput,
  ignoringAbsence,
  renamed,
  text,
  updateInput,
  updateTags,
} from './resource-input.ts';
import { component, imageRecipe } from './versioned-resources.ts';

const infrastructureConfiguration: ResourceProvider = {
  type: 'AWS::ImageBuilder::InfrastructureConfiguration',
  properties: [
    'Description',
    'InstanceMetadataOptions',
    'InstanceProfileName',
    'InstanceTypes',
    'KeyPair',
    'Logging',
    'Name',
    'Placement',
    'ResourceTags',
    'SecurityGroupIds',
    'SnsTopicArn',
    'SubnetId',
    'Tags',
    'TerminateInstanceOnFailure',
  ],
  required: ['InstanceProfileName', 'Name'],
  createOnly: ['Name'],
  async create(properties, deployment) {
    const input = createInput('CreateInfrastructureConfiguration', properties, deployment);
    const { infrastructureConfigurationArn = '' } = await deployment.call(
      new CreateInfrastructureConfigurationCommand(input),
    );
    return named(infrastructureConfigurationArn, properties);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const input = updateInput('UpdateInfrastructureConfiguration', properties, deployment, {
      infrastructureConfigurationArn: physicalId,
    });
    await deployment.call(new UpdateInfrastructureConfigurationCommand(input));
    await updateTags(physicalId, properties, previous, deployment);
    return named(physicalId, properties);
  },
  delete: (physicalId, deployment) =>
    ignoringAbsence(() =>
      deployment.call(
        new DeleteInfrastructureConfigurationCommand({
          infrastructureConfigurationArn: physicalId,
        }),
      ),
    ),
};

const named = (arn: string, properties: Properties): Provisioned => ({
  physicalId: arn,
  attributes: { Arn: arn, Name: text(properties, 'Name') },
});

/** In templates launch permissions are called LaunchPermissionConfiguration. */
function toApiDistributions(distributions: unknown): unknown {
  if (!Array.isArray(distributions)) return distributions;
  return distributions.map((distribution: unknown) => {
    if (!isRecord(distribution)) return distribution;
    const ami = distribution['AmiDistributionConfiguration'];
    if (!isRecord(ami)) return distribution;
    return {
      ...distribution,
      AmiDistributionConfiguration: renamed(ami, {
        LaunchPermissionConfiguration: 'launchPermission',
      }),
    };
  });
}

const distributionConfiguration: ResourceProvider = {
  type: 'AWS::ImageBuilder::DistributionConfiguration',
  properties: ['Description', 'Distributions', 'Name', 'Tags'],
  required: ['Distributions', 'Name'],
  createOnly: ['Name'],
  async create(properties, deployment) {
    const input = createInput(
      'CreateDistributionConfiguration',
      { ...properties, Distributions: toApiDistributions(properties['Distributions']) },
      deployment,
    );
    const { distributionConfigurationArn = '' } = await deployment.call(
      new CreateDistributionConfigurationCommand(input),
    );
    return named(distributionConfigurationArn, properties);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const input = updateInput(
      'UpdateDistributionConfiguration',
      { ...properties, Distributions: toApiDistributions(properties['Distributions']) },
      deployment,
      { distributionConfigurationArn: physicalId },
    );
    await deployment.call(new UpdateDistributionConfigurationCommand(input));
    await updateTags(physicalId, properties, previous, deployment);
    return named(physicalId, properties);
  },
  delete: (physicalId, deployment) =>
    ignoringAbsence(() =>
      deployment.call(
        new DeleteDistributionConfigurationCommand({ distributionConfigurationArn: physicalId }),
      ),
    ),
};

const imagePipeline: ResourceProvider = {
  type: 'AWS::ImageBuilder::ImagePipeline',
  properties: [
    'ContainerRecipeArn',
    'Description',
    'DistributionConfigurationArn',
    'EnhancedImageMetadataEnabled',
    'ExecutionRole',
    'ImageRecipeArn',
    'ImageScanningConfiguration',
    'ImageTags',
    'ImageTestsConfiguration',
    'InfrastructureConfigurationArn',
    'LoggingConfiguration',
    'Name',
    'Schedule',
    'Status',
    'Tags',
    'Workflows',
  ],
  required: ['InfrastructureConfigurationArn', 'Name'],
  createOnly: ['Name'],
  async create(properties, deployment) {
    const input = createInput('CreateImagePipeline', properties, deployment);
    const { imagePipelineArn = '' } = await deployment.call(new CreateImagePipelineCommand(input));
    return named(imagePipelineArn, properties);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const input = updateInput('UpdateImagePipeline', properties, deployment, {
      imagePipelineArn: physicalId,
    });
    await deployment.call(new UpdateImagePipelineCommand(input));
    await updateTags(physicalId, properties, previous, deployment);
    return named(physicalId, properties);
  },
  delete: (physicalId, deployment) =>
    ignoringAbsence(() =>
      deployment.call(new DeleteImagePipelineCommand({ imagePipelineArn: physicalId })),
    ),
};

export const imageBuilderResources: readonly ResourceProvider[] = [
  component,
  distributionConfiguration,
  imagePipeline,
  imageRecipe,
  infrastructureConfiguration,
];
