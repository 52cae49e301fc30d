import { describe, expect, it } from '@jest/globals';
import {
  CreateComponentCommand,
  DeleteComponentCommand,
  DeleteImageRecipeCommand,
  GetComponentCommand,
  GetImageRecipeCommand,
  ListComponentBuildVersionsCommand,
  ListComponentsCommand,
  paginateListImageRecipes,
} from '@aws-sdk/client-imagebuilder';
import { arn, parentImage, dataOf, setUp, recipe } from '../../../test/definitions-fixture.ts';

const component = (data: string, semanticVersion = '1.0.0', name = 'My Part_one') =>
  new CreateComponentCommand({ name, semanticVersion, platform: 'Linux', data });
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
