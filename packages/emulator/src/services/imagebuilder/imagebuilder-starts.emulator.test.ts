import { describe, expect, it } from '@jest/globals';
import { DescribeTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateComponentCommand,
  CreateImagePipelineCommand,
  StartImagePipelineExecutionCommand,
  UpdateImagePipelineCommand,
} from '@aws-sdk/client-imagebuilder';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  hour,
  imageBuilderArn,
  parentParameter,
  setUp,
  type Builder,
} from '../../../test/imagebuilder-fixture.ts';

const stepsOf = (onFailure: string): string => `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Fails
        action: ExecuteBash
        onFailure: ${onFailure}
        inputs: { commands: ['exit 3'] }
      - name: After
        action: ExecuteBash
        inputs: { commands: ['touch /var/after'] }
`;

/** Builds a recipe of one component. */
async function buildWith(given: Builder, data: string) {
  const { componentBuildVersionArn: componentArn } = await given.builder.send(
    new CreateComponentCommand({
      name: 'steps',
      semanticVersion: '1.0.0',
      platform: 'Linux',
      data,
    }),
  );
  await given.makeRecipe('1.0.9', { components: [{ componentArn }] });
  return given.build();
}

describe('an execution', () => {
  it('starts on a disabled pipeline too, and its tags are on the image, not on the AMI', async () => {
    const given = await setUp();
    await given.builder.send(
      new UpdateImagePipelineCommand({
        imagePipelineArn: given.pipelineArn,
        imageRecipeArn: imageBuilderArn('image-recipe/line/1.0.x'),
        infrastructureConfigurationArn: given.infrastructureArn,
        status: 'DISABLED',
      }),
    );
    const { imageBuildVersionArn = '' } = await given.builder.send(
      new StartImagePipelineExecutionCommand({
        imagePipelineArn: given.pipelineArn,
        tags: { release: '7' },
      }),
    );
    expect((await given.image(imageBuildVersionArn)).state?.status).toBe('PENDING');
    await given.world.scheduler.runFor(4 * hour);
    const image = await given.image(imageBuildVersionArn);
    expect(image.tags).toEqual({ release: '7' });
    const { Tags = [] } = await given.client(EC2Client).send(
      new DescribeTagsCommand({
        Filters: [
          { Name: 'resource-id', Values: [image.outputResources?.amis?.[0]?.image ?? ''] },
          { Name: 'key', Values: ['release', 'CreatedBy'] },
        ],
      }),
    );
    expect(Tags.map(({ Key }) => Key)).toEqual(['CreatedBy']);
  });

  it('is refused while a hundred others run', async () => {
    const given = await setUp();
    for (let index = 0; index < 100; index += 1) await given.start(`token-${index}`);
    await expect(given.start('one-more')).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
    });
    // A token that is known gets its answer all the same.
    expect(await given.start('token-99')).toBe(imageBuilderArn('image/line/1.0.0/100'));
  });
});

describe('a step that fails', () => {
  it.each([
    ['Ignore', 'AVAILABLE'],
    ['Continue', 'FAILED'],
    ['Abort', 'FAILED'],
  ])('with onFailure %s leaves the image %s', async (onFailure, status) => {
    const given = await setUp();
    const image = await buildWith(given, stepsOf(onFailure));
    expect(image.state?.status).toBe(status);
  });
});

describe('a chained output', () => {
  it('does not reach from the build stage into the test stage', async () => {
    const given = await setUp();
    const image = await buildWith(
      given,
      `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Says
        action: ExecuteBash
        inputs: { commands: ['echo hello'] }
  - name: test
    steps:
      - name: Hears
        action: ExecuteBash
        inputs: { commands: ['test "{{ build.Says.outputs.stdout }}" = hello'] }
`,
    );
    expect(image.state?.status).toBe('FAILED');
    expect(given.states()).toContain('TESTING');
  });
});

describe('a parent in a parameter', () => {
  it('is read by the service below /imagebuilder/, and elsewhere only with an execution role', async () => {
    const given = await setUp();
    const parameters = given.client(SSMClient);
    const { Parameter } = await parameters.send(
      new GetParameterCommand({ Name: parentParameter.slice('ssm:'.length) }),
    );
    for (const Name of ['/imagebuilder/base', '/base'])
      await parameters.send(
        new PutParameterCommand({ Name, Type: 'String', Value: Parameter?.Value }),
      );
    const statuses: (string | undefined)[] = [];
    for (const [version, parentImage] of [
      ['1.0.1', 'ssm:/imagebuilder/base'],
      ['1.0.2', 'ssm:/base'],
    ] as const) {
      await given.makeRecipe(version, { parentImage });
      const arn = await given.start(version);
      await given.world.scheduler.runFor(4 * hour);
      statuses.push((await given.image(arn)).state?.status);
    }
    expect(statuses).toEqual(['AVAILABLE', 'FAILED']);
  });
});

describe('the quotas of definitions', () => {
  it('are 20 components a recipe, 25 parameters of 1,024 characters a component', async () => {
    const given = await setUp();
    const { componentArn } = given;
    const script = { name: 'Script', value: ['s3://builds-1/scripts/run.sh'] };
    const part = { componentArn, parameters: [script] };
    const recipe = (components: object[]) => given.makeRecipe('2.0.0', { components });
    await expect(recipe(Array<object>(21).fill(part))).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
    });
    const many = Array.from({ length: 26 }, (_, index) => ({
      name: `P${index}-name`,
      value: ['x'],
    }));
    await expect(recipe([{ ...part, parameters: many }])).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
    });
    const long = { name: 'Release', value: ['x'.repeat(1_025)] };
    await expect(recipe([{ ...part, parameters: [script, long] }])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    await recipe(Array<object>(20).fill(part));
  });

  it('are 75 pipelines', async () => {
    const given = await setUp();
    const create = (name: string) =>
      given.builder.send(
        new CreateImagePipelineCommand({
          name,
          imageRecipeArn: imageBuilderArn('image-recipe/line/1.0.x'),
          infrastructureConfigurationArn: given.infrastructureArn,
        }),
      );
    for (let index = 2; index <= 75; index += 1) await create(`pipe-${index}`);
    await expect(create('pipe-76')).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
    });
  });
});
