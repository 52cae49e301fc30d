import { describe, expect, it } from '@jest/globals';
import {
  GetInfrastructureConfigurationCommand,
  ListImagePipelinesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-imagebuilder';
import type { Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { imageBuilderResources } from './resources.ts';
import { arn, parentImage, dataOf, setUp } from '../../../test/definitions-fixture.ts';

describe('CloudFormation', () => {
  const provider = (type: string): ResourceProvider => {
    const found = imageBuilderResources.find((item) => item.type === `AWS::ImageBuilder::${type}`);
    if (!found) throw new TypeError(`there is no provider of ${type}`);
    return found;
  };
  const parts: Readonly<Record<string, Properties>> = {
    Component: { Name: 'part', Platform: 'Linux', Version: '1.0.0', Data: dataOf('echo') },
    ImageRecipe: { Name: 'line', Version: '1.0.0', ParentImage: parentImage, Tags: { own: '1' } },
    InfrastructureConfiguration: {
      Name: 'infra',
      InstanceProfileName: 'builder',
      InstanceTypes: ['t3.micro'],
      InstanceMetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' },
      TerminateInstanceOnFailure: 'true',
    },
    DistributionConfiguration: {
      Name: 'dist',
      Distributions: [
        {
          Region: 'eu-west-1',
          AmiDistributionConfiguration: {
            Name: 'line {{ imagebuilder:buildDate }}',
            LaunchPermissionConfiguration: {
              OrganizationArns: ['arn:aws:organizations::999999999999:organization/o-abcdefghij'],
            },
          },
        },
      ],
    },
    ImagePipeline: {
      Name: 'pipe',
      ImageRecipeArn: arn('image-recipe/line/1.0.x'),
      InfrastructureConfigurationArn: arn('infrastructure-configuration/infra'),
      DistributionConfigurationArn: arn('distribution-configuration/dist'),
      ImageTestsConfiguration: { ImageTestsEnabled: 'true', TimeoutMinutes: '60' },
      LoggingConfiguration: { ImageLogGroupName: '/aws/imagebuilder/x' },
    },
  };

  it('makes, changes and deletes every part', async () => {
    const given = await setUp();
    const deployment = given.deployment('Part', { tags: { stage: 'dev' } });
    const ids = new Map<string, string>();
    for (const [type, properties] of Object.entries(parts)) {
      const made = await provider(type).create(properties, deployment);
      ids.set(type, made.physicalId);
      expect(made.attributes).toMatchObject({ Arn: made.physicalId, Name: properties['Name'] });
    }
    expect(ids.get('Component')).toBe(arn('component/part/1.0.0/1'));
    const { tags } = await given.builder.send(
      new ListTagsForResourceCommand({ resourceArn: ids.get('ImageRecipe') }),
    );
    expect(tags).toMatchObject({ own: '1', stage: 'dev', 'aws:cloudformation:stack-name': 'demo' });
    const infra = provider('InfrastructureConfiguration');
    const previous = parts['InfrastructureConfiguration'] ?? {};
    await infra.update?.({ ...previous, InstanceTypes: ['t3.large'] }, deployment, {
      physicalId: ids.get('InfrastructureConfiguration') ?? '',
      previous,
    });
    const { infrastructureConfiguration } = await given.builder.send(
      new GetInfrastructureConfigurationCommand({
        infrastructureConfigurationArn: ids.get('InfrastructureConfiguration'),
      }),
    );
    expect(infrastructureConfiguration).toMatchObject({
      instanceTypes: ['t3.large'],
      instanceMetadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
    });
    const pipeline = provider('ImagePipeline');
    const before = parts['ImagePipeline'] ?? {};
    await pipeline.update?.({ ...before, Description: 'new' }, deployment, {
      physicalId: ids.get('ImagePipeline') ?? '',
      previous: before,
    });
    for (const [type, id] of [...ids].reverse()) {
      await provider(type).delete(id, deployment, { properties: parts[type] ?? {} });
      await provider(type).delete(id, deployment, { properties: parts[type] ?? {} });
    }
    const { imagePipelineList } = await given.builder.send(new ListImagePipelinesCommand({}));
    expect(imagePipelineList).toEqual([]);
  });

  it('replaces parts whose names or contents change, and stops at unknown members', async () => {
    expect(provider('Component').createOnly).toContain('Data');
    expect(provider('ImagePipeline').createOnly).toEqual(['Name']);
    const given = await setUp();
    await expect(
      provider('InfrastructureConfiguration').create(
        { ...parts['InfrastructureConfiguration'], Logging: { S3Log: {} } },
        given.deployment('Part'),
      ),
    ).rejects.toBeInstanceOf(PropertyError);
    await provider('ImageRecipe').create(parts['ImageRecipe'] ?? {}, given.deployment('Part'));
    await expect(
      provider('ImageRecipe').create(parts['ImageRecipe'] ?? {}, given.deployment('Other')),
    ).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });
});
