import { describe, expect, it } from '@jest/globals';
import {
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  DescribeTagsCommand,
  paginateDescribeScalingActivities,
  type Tag,
} from '@aws-sdk/client-auto-scaling';
import { scalingFixture, type ScalingFixture } from '../../../test/scaling-fixture.ts';

const aTag = (Key: string, Value: string, more: Partial<Tag> = {}): Tag => ({
  ResourceId: 'web',
  ResourceType: 'auto-scaling-group',
  Key,
  Value,
  PropagateAtLaunch: false,
  ...more,
});

async function withGroup(): Promise<ScalingFixture> {
  const given = await scalingFixture();
  await given.createGroup('web', { DesiredCapacity: 0 });
  return given;
}

const put = (given: ScalingFixture, ...Tags: Tag[]) =>
  given.scaling.send(new CreateOrUpdateTagsCommand({ Tags }));

describe('tags of a group', () => {
  it('are set, replaced, listed and deleted', async () => {
    const given = await withGroup();
    await put(given, aTag('a', '1'), aTag('b', '2'), aTag('c', '3'));
    await put(given, aTag('a', '9', { PropagateAtLaunch: true }));
    await given.scaling.send(
      new DeleteTagsCommand({ Tags: [aTag('b', '2'), aTag('c', 'another value')] }),
    );

    const { Tags } = await given.scaling.send(new DescribeTagsCommand({}));
    expect(Tags).toEqual([aTag('a', '9', { PropagateAtLaunch: true }), aTag('c', '3')]);
    expect((await given.group('web')).Tags).toHaveLength(2);
    const { Tags: filtered } = await given.scaling.send(
      new DescribeTagsCommand({
        Filters: [
          { Name: 'auto-scaling-group', Values: ['web'] },
          { Name: 'key', Values: ['c'] },
        ],
      }),
    );
    expect(filtered).toEqual([aTag('c', '3')]);
  });

  it.each([
    ['a long key', aTag('k'.repeat(129), '1')],
    ['a long value', aTag('k', 'v'.repeat(257))],
    ['the prefix of AWS', aTag('aws:own', '1')],
    ['a group that does not exist', aTag('k', '1', { ResourceId: 'none' })],
    ['another type of resource', aTag('k', '1', { ResourceType: 'instance' })],
  ])('are refused with %s', async (_, tag) => {
    const given = await withGroup();

    await expect(put(given, tag)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('are fifty at most', async () => {
    const given = await withGroup();
    for (const first of [0, 25])
      await put(given, ...Array.from({ length: 25 }, (_, index) => aTag(`k${first + index}`, '1')));

    await expect(put(given, aTag('one-more', '1'))).rejects.toMatchObject({
      name: 'LimitExceededFault',
    });
    await expect(put(given, aTag('k7', '2'))).resolves.toBeDefined();
  });

  it('are set and deleted 25 at most in one call', async () => {
    const given = await withGroup();
    const tags = Array.from({ length: 26 }, (_, index) => aTag(`k${index}`, '1'));

    await expect(put(given, ...tags)).rejects.toMatchObject({ name: 'ValidationError' });
    expect((await given.group('web')).Tags).toHaveLength(0);
    await expect(given.scaling.send(new DeleteTagsCommand({ Tags: tags }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

it('pages through the activities of a group, newest first', async () => {
  const given = await scalingFixture();
  await given.startGroup('web', { DesiredCapacity: 3 });
  const starts: number[] = [];
  let pages = 0;
  for await (const page of paginateDescribeScalingActivities(
    { client: given.scaling },
    { AutoScalingGroupName: 'web' },
  )) {
    pages += 1;
    starts.push(...(page.Activities ?? []).map(({ StartTime }) => StartTime?.getTime() ?? 0));
  }

  expect(pages).toBe(2);
  expect(starts).toHaveLength(3);
  expect(starts).toEqual([...starts].sort((a, b) => b - a));
});
