import { describe, expect, it } from '@jest/globals';
import {
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateInfrastructureConfigurationCommand,
  DeleteDistributionConfigurationCommand,
  DeleteImagePipelineCommand,
  DeleteInfrastructureConfigurationCommand,
  GetImagePipelineCommand,
  ListImagePipelinesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateImagePipelineCommand,
} from '@aws-sdk/client-imagebuilder';
import { arn, setUp, recipe } from '../../../test/definitions-fixture.ts';

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
