import { describe, expect, it } from '@jest/globals';
import { CreateDefaultVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import {
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  DeleteComponentCommand,
  DeleteDistributionConfigurationCommand,
  DeleteImagePipelineCommand,
  DeleteImageRecipeCommand,
  DeleteInfrastructureConfigurationCommand,
  GetComponentCommand,
  GetImagePipelineCommand,
  GetImageRecipeCommand,
  GetInfrastructureConfigurationCommand,
  ImagebuilderClient,
  ListComponentBuildVersionsCommand,
  ListComponentsCommand,
  ListImagePipelinesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateImagePipelineCommand,
  paginateListImageRecipes,
} from '@aws-sdk/client-imagebuilder';
import { accountFixture, type AccountFixture } from '../../../test/account-fixture.ts';
import type { Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { ec2 } from '../ec2/operations.ts';
import { iam } from '../iam/operations.ts';
import { ssm } from '../ssm/operations.ts';
import { imagebuilder } from './operations.ts';
import { imageBuilderResources } from './resources.ts';

const arn = (rest: string): string => `arn:aws:imagebuilder:eu-west-1:111111111111:${rest}`;
const parentImage = 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
const dataOf = (command: string): string => `schemaVersion: 1.0
parameters:
  - Needed: { type: string }
  - Given: { type: string, default: x, allowedValues: [x, y] }
phases:
  - name: build
    steps:
      - { name: Run, action: ExecuteBash, inputs: { commands: ['${command} {{ Needed }} {{ Given }}'] } }
`;

async function setUp(): Promise<AccountFixture & { builder: ImagebuilderClient }> {
  const given = accountFixture([iam, ssm, ec2, imagebuilder]);
  const client = given.client(IAMClient);
  await given.client(EC2Client).send(new CreateDefaultVpcCommand({}));
  await client.send(
    new CreateRoleCommand({
      RoleName: 'builder',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
    }),
  );
  await client.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'builder' }));
  await client.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'builder', RoleName: 'builder' }),
  );
  await given.spread();
  return { ...given, builder: given.client(ImagebuilderClient) };
}

const component = (data: string, semanticVersion = '1.0.0', name = 'My Part_one') =>
  new CreateComponentCommand({ name, semanticVersion, platform: 'Linux', data });

const recipe = (semanticVersion: string, more: object = {}) =>
  new CreateImageRecipeCommand({ name: 'Line One', semanticVersion, parentImage, ...more });

describe('components', () => {
  it('get a new build for new text and are refused for the same', async () => {
    const { builder } = await setUp();
    const first = await builder.send(component(dataOf('echo')));
    expect(first.componentBuildVersionArn).toBe(arn('component/my-part-one/1.0.0/1'));
    expect(first.latestVersionReferences).toEqual({
      latestVersionArn: arn('component/my-part-one/x.x.x'),
      latestMajorVersionArn: arn('component/my-part-one/1.x.x'),
      latestMinorVersionArn: arn('component/my-part-one/1.0.x'),
      latestPatchVersionArn: arn('component/my-part-one/1.0.0'),
    });
    await expect(
      builder.send(component(dataOf('echo'), '1.0.0', 'my part ONE')),
    ).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    const second = await builder.send(component(dataOf('printf')));
    expect(second.componentBuildVersionArn).toBe(arn('component/my-part-one/1.0.0/2'));
    await builder.send(component(dataOf('echo'), '1.0.10'));
    await builder.send(component(dataOf('echo'), '1.0.9'));
    const get = async (version: string) => {
      const { component: found } = await builder.send(
        new GetComponentCommand({
          componentBuildVersionArn: arn(`component/my-part-one/${version}`),
        }),
      );
      return found?.arn;
    };
    expect(await get('1.0.0')).toBe(arn('component/my-part-one/1.0.0/2'));
    expect(await get('1.x.x')).toBe(arn('component/my-part-one/1.0.10/1'));
    await expect(get('2.x.x')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const { componentSummaryList } = await builder.send(
      new ListComponentBuildVersionsCommand({
        componentVersionArn: arn('component/my-part-one/1.0.0'),
      }),
    );
    expect(componentSummaryList?.map((item) => item.arn)).toEqual([
      arn('component/my-part-one/1.0.0/1'),
      arn('component/my-part-one/1.0.0/2'),
    ]);
  });

  it('have numeric versions, a document and a dry run that reports success as an error', async () => {
    const { builder } = await setUp();
    await expect(builder.send(component(dataOf('echo'), '1.0.x'))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(builder.send(component(dataOf('echo'), '1.0.1073741824'))).rejects.toMatchObject({
      name: 'InvalidVersionNumberException',
    });
    await expect(builder.send(component('schemaVersion: 1.0'))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(
      builder.send(
        new CreateComponentCommand({
          name: 'dry',
          semanticVersion: '1.0.0',
          platform: 'Linux',
          data: dataOf('echo'),
          dryRun: true,
        }),
      ),
    ).rejects.toMatchObject({
      name: 'DryRunOperationException',
      $metadata: { httpStatusCode: 412 },
    });
    const { componentVersionList } = await builder.send(
      new ListComponentsCommand({ owner: 'Self' }),
    );
    expect(componentVersionList).toEqual([]);
    const { componentVersionList: amazon } = await builder.send(
      new ListComponentsCommand({
        owner: 'Amazon',
        filters: [{ name: 'name', values: ['update-linux'] }],
      }),
    );
    expect(amazon?.[0]).toMatchObject({ owner: 'Amazon', type: 'BUILD' });
  });
});

describe('image recipes', () => {
  it('are immutable, unique and counted on by wildcards', async () => {
    const { builder } = await setUp();
    const make = async (version: string, more: object = {}) =>
      (await builder.send(recipe(version, more))).imageRecipeArn;
    expect(await make('1.0.0', { clientToken: 't' })).toBe(arn('image-recipe/line-one/1.0.0'));
    expect(await make('1.0.0', { clientToken: 't' })).toBe(arn('image-recipe/line-one/1.0.0'));
    await expect(make('1.0.1', { clientToken: 't' })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    await expect(make('1.0.0')).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: `The following resource 'ImageRecipe' already exists: '${arn('image-recipe/line-one/1.0.0')}'.`,
    });
    expect(await make('1.0.x')).toBe(arn('image-recipe/line-one/1.0.1'));
    expect(await make('1.0.x')).toBe(arn('image-recipe/line-one/1.0.2'));
    for (const version of ['1.x.8', '1.0.1073741824'])
      await expect(make(version)).rejects.toMatchObject({ name: 'InvalidVersionNumberException' });
    await expect(make('1.0')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining("'semanticVersion' must match pattern"),
    });
    const sizes: number[] = [];
    await make('1.0.x');
    await make('1.0.x');
    for await (const page of paginateListImageRecipes({ client: builder }, { owner: 'Self' }))
      sizes.push(page.imageRecipeSummaryList?.length ?? 0);
    expect(sizes).toEqual([2, 2, 1]);
    const { imageRecipe } = await builder.send(
      new GetImageRecipeCommand({ imageRecipeArn: arn('image-recipe/line-one/x.x.x') }),
    );
    expect(imageRecipe).toMatchObject({ version: '1.0.4', name: 'Line One', parentImage });
  });

  it('need every parameter without default, and only known ones', async () => {
    const { builder } = await setUp();
    const { componentBuildVersionArn: componentArn } = await builder.send(
      component(dataOf('echo')),
    );
    const make = (parameters?: object[]) =>
      builder.send(recipe('1.0.0', { components: [{ componentArn, parameters }] }));
    const needed = { name: 'Needed', value: ['1'] };
    await expect(make()).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
      message: expect.stringContaining('Needed'),
    });
    await expect(make([needed, { name: 'Other', value: ['1'] }])).rejects.toMatchObject({
      message:
        "The value supplied for parameter 'components[0].parameters' is not valid. The following parameters are not defined in the provided component: Other",
    });
    await expect(make([needed, { name: 'Given', value: ['z'] }])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(make([{ name: 'Needed', value: ['1', '2'] }])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await make([needed]);
    await expect(
      builder.send(new DeleteComponentCommand({ componentBuildVersionArn: componentArn })),
    ).rejects.toMatchObject({ name: 'ResourceDependencyException' });
    await builder.send(
      new DeleteImageRecipeCommand({ imageRecipeArn: arn('image-recipe/line-one/1.0.0') }),
    );
    await builder.send(new DeleteComponentCommand({ componentBuildVersionArn: componentArn }));
  });

  it('need a parent that is there', async () => {
    const { builder } = await setUp();
    for (const parent of ['ami-0123456789abcdef0', 'nonsense', 'ssm:'])
      await expect(builder.send(recipe('1.0.0', { parentImage: parent }))).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
      });
  });
});

describe('pipelines', () => {
  const infra = new CreateInfrastructureConfigurationCommand({
    name: 'infra',
    instanceProfileName: 'builder',
  });
  const infraArn = arn('infrastructure-configuration/infra');
  const pipelineArn = arn('image-pipeline/pipe');

  it('keep the wildcard of their recipe and are reset by an update', async () => {
    const { builder } = await setUp();
    const create = (more: object = {}) =>
      builder.send(
        new CreateImagePipelineCommand({
          name: 'pipe',
          imageRecipeArn: arn('image-recipe/line-one/1.x.x'),
          infrastructureConfigurationArn: infraArn,
          description: 'first',
          imageTestsConfiguration: { timeoutMinutes: 90 },
          ...more,
        }),
      );
    await expect(create()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await builder.send(recipe('1.0.0'));
    await builder.send(infra);
    await expect(create({ imageTestsConfiguration: { timeoutMinutes: 5 } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(create({ schedule: { scheduleExpression: 'rate(1 day)' } })).rejects.toMatchObject(
      {
        message: expect.stringContaining('schedule'),
      },
    );
    await create();
    const get = async () =>
      (await builder.send(new GetImagePipelineCommand({ imagePipelineArn: pipelineArn })))
        .imagePipeline;
    expect(await get()).toMatchObject({
      imageRecipeArn: arn('image-recipe/line-one/1.x.x'),
      description: 'first',
      status: 'ENABLED',
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 90 },
    });
    await builder.send(
      new UpdateImagePipelineCommand({
        imagePipelineArn: pipelineArn,
        imageRecipeArn: arn('image-recipe/line-one/1.0.0'),
        infrastructureConfigurationArn: infraArn,
        status: 'DISABLED',
      }),
    );
    const updated = await get();
    expect(updated).toMatchObject({
      status: 'DISABLED',
      imageTestsConfiguration: { timeoutMinutes: 720 },
    });
    expect(updated?.description).toBeUndefined();
    await expect(create()).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await expect(
      builder.send(
        new DeleteInfrastructureConfigurationCommand({ infrastructureConfigurationArn: infraArn }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceDependencyException' });
    const { imagePipelineList } = await builder.send(new ListImagePipelinesCommand({}));
    expect(imagePipelineList).toHaveLength(1);
    await builder.send(new DeleteImagePipelineCommand({ imagePipelineArn: pipelineArn }));
    await builder.send(
      new DeleteInfrastructureConfigurationCommand({ infrastructureConfigurationArn: infraArn }),
    );
  });

  it('need an instance profile that exists', async () => {
    const { builder } = await setUp();
    await expect(
      builder.send(
        new CreateInfrastructureConfigurationCommand({
          name: 'other',
          instanceProfileName: 'none',
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it('share only with well-formed organizations, and refuse what is not modelled', async () => {
    const { builder } = await setUp();
    const create = (distribution: object) =>
      builder.send(
        new CreateDistributionConfigurationCommand({
          name: 'dist',
          distributions: [{ region: 'eu-west-1', ...distribution }],
        }),
      );
    await expect(
      create({ amiDistributionConfiguration: { launchPermission: { organizationArns: ['o-x'] } } }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(create({ region: 'mars-1' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await expect(
      create({ ssmParameterConfigurations: [{ parameterName: '/imagebuilder/x' }] }),
    ).rejects.toMatchObject({ message: expect.stringContaining('ssmParameterConfigurations') });
    await create({});
    await builder.send(
      new DeleteDistributionConfigurationCommand({
        distributionConfigurationArn: arn('distribution-configuration/dist'),
      }),
    );
  });
});

describe('tags', () => {
  it('are set, listed and removed', async () => {
    const { builder } = await setUp();
    await builder.send(recipe('1.0.0', { tags: { a: '1' } }));
    const resourceArn = arn('image-recipe/line-one/1.0.0');
    await builder.send(new TagResourceCommand({ resourceArn, tags: { b: '2' } }));
    await builder.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    const { tags } = await builder.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual({ b: '2' });
    await expect(
      builder.send(new TagResourceCommand({ resourceArn, tags: { 'aws:x': '1' } })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});

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
