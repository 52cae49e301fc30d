import { describe, expect, it } from '@jest/globals';
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  SSMClient,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { ssm } from './operations.ts';

function setUp(settings: { throttling?: boolean; pageSizeMax?: number } = {}) {
  const { client: clientOf, world } = serviceFixture([ssm], settings);
  const client = clientOf(SSMClient);
  const put = (input: Partial<PutParameterCommandInput>) =>
    client.send(new PutParameterCommand({ Name: '/a', Value: '1', Type: 'String', ...input }));
  const get = (Name: string) =>
    client.send(new GetParameterCommand({ Name })).then(({ Parameter }) => Parameter);
  return { world, client, put, get };
}

describe('PutParameter', () => {
  it.each<[string, Partial<PutParameterCommandInput>, string]>([
    ['a path without a slash in front', { Name: 'a/b' }, 'ValidationException'],
    ['a character that names do not have', { Name: '/a b' }, 'ValidationException'],
    ['an empty level', { Name: '/a//b' }, 'ValidationException'],
    ['a long name', { Name: `/${'a'.repeat(1_011)}` }, 'ValidationException'],
    ['sixteen levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
    ['a name of Amazon', { Name: '/aws/service/x' }, 'AccessDeniedException'],
    ['a value of more than 4 KB', { Value: 'x'.repeat(4_097) }, 'ValidationException'],
    ['a value that names another parameter', { Value: '{{ssm:/b}}' }, 'ValidationException'],
    ['no type', { Type: undefined }, 'ValidationException'],
    ['tags beside overwrite', { Overwrite: true, Tags: [] }, 'ValidationException'],
    [
      'a value off its pattern',
      { AllowedPattern: '\\d+', Value: 'x1' },
      'ParameterPatternMismatchException',
    ],
    ['a pattern that is none', { AllowedPattern: '(' }, 'InvalidAllowedPatternException'],
    ['a tag of AWS', { Tags: [{ Key: 'aws:x', Value: '1' }] }, 'ValidationException'],
    [
      'more than 50 tags',
      { Tags: Array.from({ length: 51 }, (__, index) => ({ Key: `k${index}`, Value: 'x' })) },
      'TooManyTagsError',
    ],
    ['an image that is none', { DataType: 'aws:ec2:image' }, 'ValidationException'],
    ['an unknown data type', { DataType: 'aws:ssm:integration' }, 'ValidationException'],
  ])('refuses %s', async (_, input, name) => {
    const { put, client } = setUp();
    await expect(put(input)).rejects.toMatchObject({ name });
    expect((await client.send(new DescribeParametersCommand({}))).Parameters).toEqual([]);
  });

  it.each<[string, Partial<PutParameterCommandInput>]>([
    ['SecureString', { Type: 'SecureString' }],
    ['Advanced', { Tier: 'Advanced' }],
    ['KeyId', { KeyId: 'alias/aws/ssm' }],
    ['Policies', { Policies: '[]' }],
  ])('refuses %s by name, because it is not modelled', async (what, input) => {
    await expect(setUp().put(input)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(new RegExp(`${what}.*not modelled`)),
    });
  });

  it('keeps the type of a parameter for good', async () => {
    const { put } = setUp();
    await put({});
    await expect(put({ Type: 'StringList', Overwrite: true })).rejects.toMatchObject({
      name: 'HierarchyTypeMismatchException',
    });
    await expect(put({})).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put({ Type: undefined, Overwrite: true })).toMatchObject({ Version: 2 });
  });
});

describe('versions of a parameter', () => {
  it('are kept, a hundred of them, and named behind a colon', async () => {
    const { client, put, get } = setUp({ pageSizeMax: 50 });
    for (let version = 1; version <= 101; version += 1)
      await put({ Value: String(version), Overwrite: true });
    expect(await get('/a:2')).toMatchObject({ Value: '2', Version: 2, Selector: ':2' });
    const current = await get('/a');
    expect(current).toMatchObject({ Value: '101', Version: 101 });
    expect(current?.Selector).toBeUndefined();
    for (const name of ['/a:1', '/a:102', '/a:stable'])
      await expect(get(name)).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
    const read = await client.send(new GetParametersCommand({ Names: ['/a:3', '/a:1'] }));
    expect(read).toMatchObject({ Parameters: [{ Value: '3' }], InvalidParameters: ['/a:1'] });
    const history = await client.send(new GetParameterHistoryCommand({ Name: '/a' }));
    expect(history.Parameters?.slice(0, 2)).toMatchObject([{ Version: 2 }, { Version: 3 }]);
    await client.send(new DeleteParameterCommand({ Name: '/a' }));
    expect(await put({})).toMatchObject({ Version: 1 });
    await expect(get('/a:2')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  });

  it('have no labels here, and who sets one is told so', async () => {
    const { client, put } = setUp();
    await put({});
    await expect(
      client.send(new LabelParameterVersionCommand({ Name: '/a', Labels: ['stable'] })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('reading', () => {
  it('takes the ARN of a name without a slash', async () => {
    const { put, get } = setUp();
    await put({ Name: 'plain', Value: 'x' });
    expect(await get('arn:aws:ssm:eu-west-1:111111111111:parameter/plain')).toMatchObject({
      Name: 'plain',
      Value: 'x',
    });
  });

  it('by path needs a slash in front, refuses filters, and finds what Amazon publishes', async () => {
    const { client } = setUp({ pageSizeMax: 50 });
    const byPath = (Path: string, rest = {}) =>
      client.send(new GetParametersByPathCommand({ Path, Recursive: true, ...rest }));
    await expect(byPath('a')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      byPath('/a', { ParameterFilters: [{ Key: 'Type', Values: ['String'] }] }),
    ).rejects.toMatchObject({ name: 'InvalidFilterKey' });
    const { Parameters = [] } = await byPath('/aws/service/ecs');
    expect(Parameters.map(({ Name }) => Name)).toContain(
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    );
  });

  it('has one rate of 40 a second for all three operations', async () => {
    const { client, world } = setUp({ throttling: true });
    const names: (string | undefined)[] = [];
    const call = (command: GetParameterCommand | GetParametersCommand) =>
      client.send(command as GetParametersCommand).then(
        () => names.push('answered'),
        (error: unknown) => names.push(error instanceof Error ? error.name : undefined),
      );
    for (let index = 0; index < 20; index += 1) {
      await call(new GetParameterCommand({ Name: '/none' }));
      await call(new GetParametersCommand({ Names: ['/none'] }));
    }
    expect(new Set(names)).toEqual(new Set(['ParameterNotFound', 'answered']));
    await call(new GetParametersCommand({ Names: ['/none'] }));
    await world.scheduler.runFor(25);
    await call(new GetParametersCommand({ Names: ['/none'] }));
    expect(names.slice(-2)).toEqual(['ThrottlingException', 'answered']);
  });
});
