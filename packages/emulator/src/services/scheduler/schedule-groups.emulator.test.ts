import { describe, expect, it } from '@jest/globals';
import {
  ConflictException,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListTagsForResourceCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  ValidationException,
  paginateListScheduleGroups,
} from '@aws-sdk/client-scheduler';
import { scheduleGroupResource, scheduleResource } from './resources.ts';
import { account, roleArn, queueArn, minute, aWorld } from '../../../test/schedule-fixture.ts';

describe('groups', () => {
  it('are made once, tagged, and take their schedules with them', async () => {
    const { client, create, pass, received } = await aWorld();
    const { ScheduleGroupArn: ResourceArn } = await client.send(
      new CreateScheduleGroupCommand({ Name: 'g', Tags: [{ Key: 'a', Value: 'b' }] }),
    );
    await expect(client.send(new CreateScheduleGroupCommand({ Name: 'g' }))).rejects.toBeInstanceOf(
      ConflictException,
    );
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'c', Value: 'd' }] }));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual([
      { Key: 'c', Value: 'd' },
    ]);
    await create({ GroupName: 'g' });
    await client.send(new DeleteScheduleGroupCommand({ Name: 'g' }));
    expect((await client.send(new GetScheduleGroupCommand({ Name: 'g' }))).State).toBe('DELETING');
    await expect(create({ GroupName: 'g' })).rejects.toBeInstanceOf(ConflictException);
    await pass(20 * minute);
    await expect(client.send(new GetScheduleGroupCommand({ Name: 'g' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    expect(await received()).toEqual([]);
    await expect(
      client.send(new DeleteScheduleGroupCommand({ Name: 'default' })),
    ).rejects.toBeInstanceOf(ValidationException);
    await expect(create({ GroupName: 'none' })).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('are listed in pages, the default one among them', async () => {
    const { client } = await aWorld();
    for (const Name of ['a', 'b', 'c', 'e'])
      await client.send(new CreateScheduleGroupCommand({ Name }));
    const pages: string[][] = [];
    for await (const page of paginateListScheduleGroups({ client }, {}))
      pages.push((page.ScheduleGroups ?? []).map(({ Name = '' }) => Name));
    expect(pages).toEqual([['a', 'b'], ['c', 'default'], ['e']]);
  });
});

describe('CloudFormation', () => {
  it('makes, changes and deletes a schedule and its group', async () => {
    const { client, deployment } = await aWorld();
    const group = await scheduleGroupResource.create({ Name: 'g' }, deployment('Group'));
    expect(group.attributes['Arn']).toBe(`arn:aws:scheduler:eu-west-1:${account}:schedule-group/g`);
    const properties = {
      GroupName: 'g',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '5' },
      Target: { Arn: queueArn('q'), RoleArn: roleArn, RetryPolicy: { MaximumRetryAttempts: '2' } },
    };
    const { physicalId, attributes } = await scheduleResource.create(
      properties,
      deployment('Schedule'),
    );
    expect(attributes['Arn']).toBe(
      `arn:aws:scheduler:eu-west-1:${account}:schedule/g/${physicalId}`,
    );
    const read = async () =>
      client.send(new GetScheduleCommand({ Name: physicalId, GroupName: 'g' }));
    expect(await read()).toMatchObject({
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
      Target: { RetryPolicy: { MaximumRetryAttempts: 2 } },
    });
    await scheduleResource.update?.({ ...properties, State: 'DISABLED' }, deployment('Schedule'), {
      physicalId,
      previous: properties,
    });
    expect(await read()).toMatchObject({ State: 'DISABLED' });
    await expect(
      scheduleResource.create({ ...properties, Name: physicalId }, deployment('Other')),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    await scheduleResource.delete(physicalId, deployment('Schedule'), { properties });
    await scheduleResource.delete(physicalId, deployment('Schedule'), { properties });
    await expect(read()).rejects.toBeInstanceOf(ResourceNotFoundException);
    await scheduleGroupResource.delete(group.physicalId, deployment('Group'), { properties: {} });
  });
});
