import { describe, expect, it } from '@jest/globals';
import {
  AddTagsToResourceCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ListTagsForResourceCommand,
  ParameterNotFound,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
  paginateGetParametersByPath,
} from '@aws-sdk/client-ssm';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { ssm } from './operations.ts';

const ecsParameter = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';

describe('Parameter Store', () => {
  it('keeps a parameter and counts its versions', async () => {
    const client = serviceFixture([ssm]).client(SSMClient);
    await client.send(new PutParameterCommand({ Name: '/a/b', Value: '1', Type: 'String' }));
    await client.send(new PutParameterCommand({ Name: '/a/b', Value: '2', Overwrite: true }));
    const { Parameter } = await client.send(new GetParameterCommand({ Name: '/a/b' }));
    expect(Parameter).toMatchObject({
      Value: '2',
      Version: 2,
      ARN: 'arn:aws:ssm:eu-west-1:111111111111:parameter/a/b',
    });
    expect(Parameter?.LastModifiedDate).toEqual(new Date('2026-11-21T08:00:00.000Z'));
  });

  it('says ParameterNotFound as the SDK knows it', async () => {
    const client = serviceFixture([ssm]).client(SSMClient);
    await expect(client.send(new GetParameterCommand({ Name: '/none' }))).rejects.toBeInstanceOf(
      ParameterNotFound,
    );
  });

  it('names another image in each Region and a newer one after a release', async () => {
    const fixture = serviceFixture([ssm]);
    const read = async (region: string): Promise<string> => {
      const { Parameter } = await fixture
        .client(SSMClient, { region })
        .send(new GetParameterCommand({ Name: ecsParameter }));
      return Parameter?.Value ?? '';
    };
    const before = await read('eu-west-1');
    expect(before).toMatch(/^ami-0[0-9a-f]{16}$/);
    expect(await read('us-east-1')).not.toBe(before);
    await fixture.world.scheduler.runFor(14 * 24 * 3600 * 1000);
    expect(await read('eu-west-1')).not.toBe(before);
  });

  it('refuses a caller without the permission', async () => {
    const fixture = serviceFixture([ssm]);
    fixture.addUser('reader', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ssm:GetParameter',
        Resource: 'arn:aws:ssm:*:*:parameter/a/*',
      },
    });
    const client = fixture.client(SSMClient, { user: 'reader' });
    await expect(client.send(new GetParameterCommand({ Name: '/b' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:111111111111:parameter/b',
      ),
    });
  });

  it('walks five parameters in pages of two', async () => {
    const client = serviceFixture([ssm]).client(SSMClient);
    for (const name of ['e', 'c', 'a', 'd', 'b'])
      await client.send(
        new PutParameterCommand({ Name: `/p/${name}`, Value: name, Type: 'String' }),
      );
    const sizes: number[] = [];
    const names: string[] = [];
    for await (const page of paginateGetParametersByPath({ client }, { Path: '/p' })) {
      sizes.push(page.Parameters?.length ?? 0);
      names.push(...(page.Parameters ?? []).map((parameter) => parameter.Value ?? ''));
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses a page token that it did not make', async () => {
    const client = serviceFixture([ssm]).client(SSMClient);
    await expect(
      client.send(new GetParametersByPathCommand({ Path: '/p', NextToken: 'made-up' })),
    ).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  it('adds and removes tags, for whom the tags of the parameter allow it', async () => {
    const fixture = serviceFixture([ssm]);
    const admin = fixture.client(SSMClient);
    await admin.send(
      new PutParameterCommand({
        Name: '/a',
        Value: '1',
        Type: 'String',
        Tags: [{ Key: 'team', Value: 'x' }],
      }),
    );
    await admin.send(new PutParameterCommand({ Name: '/b', Value: '1', Type: 'String' }));
    fixture.addUser('tagger', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ssm:*Tags*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'x' } },
      },
    });
    const client = fixture.client(SSMClient, { user: 'tagger' });
    const on = (ResourceId: string) => ({ ResourceType: 'Parameter' as const, ResourceId });
    const Tags = [{ Key: 'k', Value: 'v' }];
    await client.send(new AddTagsToResourceCommand({ ...on('/a'), Tags }));
    await expect(
      client.send(new AddTagsToResourceCommand({ ...on('/b'), Tags })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const before = await client.send(new ListTagsForResourceCommand(on('/a')));
    expect(before.TagList).toEqual([{ Key: 'team', Value: 'x' }, ...Tags]);
    await admin.send(new RemoveTagsFromResourceCommand({ ...on('/a'), TagKeys: ['team'] }));
    const after = await admin.send(new ListTagsForResourceCommand(on('/a')));
    expect(after.TagList).toEqual(Tags);
    await expect(admin.send(new ListTagsForResourceCommand(on('/none')))).rejects.toMatchObject({
      name: 'InvalidResourceId',
    });
  });

  it('wants the permission to tag of whoever puts a parameter with tags', async () => {
    const fixture = serviceFixture([ssm]);
    fixture.addUser('writer', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' },
    });
    const client = fixture.client(SSMClient, { user: 'writer' });
    const input = { Name: '/a', Value: '1', Type: 'String' } as const;
    await expect(
      client.send(new PutParameterCommand({ ...input, Tags: [{ Key: 'k', Value: 'v' }] })),
    ).rejects.toThrow('ssm:AddTagsToResource');
    await client.send(new PutParameterCommand(input));
  });
});
