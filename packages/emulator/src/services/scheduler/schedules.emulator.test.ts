import { describe, expect, it } from '@jest/globals';
import {
  ConflictException,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  UpdateScheduleCommand,
  ValidationException,
  paginateListSchedules,
  type CreateScheduleCommandInput,
  type Target,
} from '@aws-sdk/client-scheduler';
import type { Message } from '@aws-sdk/client-sqs';
import { account, roleArn, queueArn, minute, aWorld } from '../../../test/schedule-fixture.ts';

const sentAt = (message: Message | undefined): number => Number(message?.Attributes?.SentTimestamp);
describe('schedules', () => {
  it('show what they were made of, with the documented defaults', async () => {
    const { create, client } = await aWorld();
    const ScheduleArn = await create({ Description: 'd' });
    expect(ScheduleArn).toBe(`arn:aws:scheduler:eu-west-1:${account}:schedule/default/s`);
    expect(await client.send(new GetScheduleCommand({ Name: 's' }))).toMatchObject({
      Arn: ScheduleArn,
      GroupName: 'default',
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'UTC',
      ActionAfterCompletion: 'NONE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    });
  });

  it('on a rate run at once and then in its rhythm, each within its minute', async () => {
    const { create, pass, received, start } = await aWorld();
    await create();
    await pass(25 * minute);
    const offsets = (await received())
      .map((message) => sentAt(message) - start)
      .sort((a, b) => a - b);
    expect(offsets).toHaveLength(3);
    offsets.forEach((offset, index) => {
      expect(offset).toBeGreaterThanOrEqual(index * 10 * minute);
      expect(offset).toBeLessThan(index * 10 * minute + minute);
    });
  });

  it('send the documented notification when they have no input', async () => {
    const { create, pass, received } = await aWorld();
    const ScheduleArn = await create({ ScheduleExpression: 'at(2026-11-21T09:30:00)' });
    await pass(2 * 60 * minute);
    const [message] = await received();
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account,
      time: '2026-11-21T09:30:00Z',
      region: 'eu-west-1',
      resources: [ScheduleArn],
      detail: '{}',
    });
  });

  it('fill context attributes into their input', async () => {
    const { create, pass, received } = await aWorld();
    const ScheduleArn = await create(
      { ScheduleExpression: 'cron(30 8 * * ? *)' },
      {
        Input:
          '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number>',
      },
    );
    await pass(60 * minute);
    const [message] = await received();
    expect(message?.Body).toBe(`${ScheduleArn} 2026-11-21T08:30:00Z 1`);
  });

  it('follow the clocks of their time zone', async () => {
    const { create, pass, received } = await aWorld();
    await create({
      ScheduleExpression: 'cron(0 11 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    await pass(3 * 60 * minute);
    const due = Date.parse('2026-11-21T10:00:00Z');
    const times = (await received()).map(sentAt);
    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThanOrEqual(due);
    expect(times[0]).toBeLessThan(due + minute);
  });

  it('keep to their start and end', async () => {
    const { create, pass, received, start } = await aWorld();
    await create({
      StartDate: new Date(start + 30 * minute),
      EndDate: new Date(start + 55 * minute),
    });
    await pass(5 * 60 * minute);
    const offsets = (await received()).map((message) =>
      Math.floor((sentAt(message) - start) / minute),
    );
    expect(offsets.sort()).toEqual([30, 40, 50]);
  });

  it('spread over a flexible window', async () => {
    const { create, pass, received, start } = await aWorld();
    for (const Name of ['a', 'b', 'c', 'd', 'e'])
      await create({
        Name,
        ScheduleExpression: 'at(2026-11-21T09:00:00)',
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
      });
    await pass(3 * 60 * minute);
    const due = Date.parse('2026-11-21T09:00:00Z');
    const late = (await received()).map((message) => sentAt(message) - due);
    expect(late).toHaveLength(5);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(60 * minute);
    expect(Math.max(...late)).toBeGreaterThan(minute);
    expect(start).toBeLessThan(due);
  });

  it('that run once delete themselves afterwards where they say so, else stay', async () => {
    const { create, pass, client } = await aWorld();
    const ScheduleExpression = 'at(2026-11-21T09:00:00)';
    await create({ Name: 'goes', ScheduleExpression, ActionAfterCompletion: 'DELETE' });
    await create({ Name: 'stays', ScheduleExpression });
    await pass(59 * minute - 10_000);
    await client.send(new GetScheduleCommand({ Name: 'goes' }));
    await pass(3 * minute);
    await client.send(new GetScheduleCommand({ Name: 'stays' }));
    await expect(client.send(new GetScheduleCommand({ Name: 'goes' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it('invoke twice with the share that the world sets', async () => {
    const { create, pass, received } = await aWorld({ duplicateShare: 1 });
    await create({ ScheduleExpression: 'at(2026-11-21T09:00:00)' }, { Input: 'x' });
    await pass(70 * minute);
    const ids = new Set((await received()).map(({ MessageId }) => MessageId));
    expect(ids.size).toBe(2);
  });

  it('are replaced as a whole by an update and stop when they are disabled or deleted', async () => {
    const { create, pass, received, client } = await aWorld();
    await create({ Description: 'd', ScheduleExpressionTimezone: 'Europe/Berlin' });
    const base = {
      Name: 's',
      FlexibleTimeWindow: { Mode: 'OFF' as const },
      Target: { Arn: queueArn('q'), RoleArn: roleArn, Input: 'new' },
    };
    await client.send(
      new UpdateScheduleCommand({ ...base, ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' }),
    );
    const described = await client.send(new GetScheduleCommand({ Name: 's' }));
    expect(described.Description).toBeUndefined();
    expect(described).toMatchObject({ State: 'DISABLED', ScheduleExpressionTimezone: 'UTC' });
    await pass(90 * minute);
    expect(await received()).toEqual([]);
    await client.send(new UpdateScheduleCommand({ ...base, ScheduleExpression: 'rate(1 hour)' }));
    await pass(2 * minute);
    const before = await received();
    expect(before.map(({ Body }) => Body)).toEqual(['new']);
    await client.send(new DeleteScheduleCommand({ Name: 's' }));
    await pass(180 * minute);
    expect((await received()).map(({ MessageId }) => MessageId)).toEqual([before[0]?.MessageId]);
    await expect(client.send(new DeleteScheduleCommand({ Name: 's' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it('conflict by name unless the call is repeated with its token', async () => {
    const { create } = await aWorld();
    const ScheduleArn = await create({ ClientToken: 'token-1' });
    expect(await create({ ClientToken: 'token-1' })).toBe(ScheduleArn);
    await expect(create({ ClientToken: 'token-2' })).rejects.toBeInstanceOf(ConflictException);
  });

  it('are listed in pages, by group, prefix and state', async () => {
    const { create, client } = await aWorld();
    await client.send(new CreateScheduleGroupCommand({ Name: 'g' }));
    for (const Name of ['a1', 'a2', 'a3', 'b1']) await create({ Name });
    await create({ Name: 'a4', GroupName: 'g', State: 'DISABLED' });
    const list = async (input: object) => {
      const sizes: number[] = [];
      const names: string[] = [];
      for await (const page of paginateListSchedules({ client }, input)) {
        sizes.push(page.Schedules?.length ?? 0);
        names.push(...(page.Schedules ?? []).map(({ Name = '' }) => Name));
      }
      return { sizes, names };
    };
    expect(await list({})).toEqual({ sizes: [2, 2, 1], names: ['a1', 'a2', 'a3', 'b1', 'a4'] });
    expect((await list({ GroupName: 'g' })).names).toEqual(['a4']);
    expect((await list({ NamePrefix: 'a', State: 'ENABLED' })).names).toEqual(['a1', 'a2', 'a3']);
  });

  it.each<[string, Partial<CreateScheduleCommandInput>, Partial<Target>]>([
    ['an expression that is none', { ScheduleExpression: 'rate(1 minutes)' }, {}],
    ['a time that is past', { ScheduleExpression: 'at(2026-11-21T07:00:00)' }, {}],
    ['an unknown time zone', { ScheduleExpressionTimezone: 'Mars/Base' }, {}],
    ['a flexible window without length', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, {}],
    [
      'a length without a flexible window',
      { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } },
      {},
    ],
    ['a start in the past', { StartDate: new Date('2026-11-21T07:00:00Z') }, {}],
    [
      'an end before the start',
      { StartDate: new Date('2026-11-22T00:00:00Z'), EndDate: new Date('2026-11-21T12:00:00Z') },
      {},
    ],
    ['a name with a blank', { Name: 'a b' }, {}],
    ['a key of its own', { KmsKeyArn: `arn:aws:kms:eu-west-1:${account}:key/1` }, {}],
    ['a universal target', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }],
    ['a target of another Region', {}, { Arn: `arn:aws:sqs:us-east-1:${account}:q` }],
    ['a FIFO queue without a group', {}, { Arn: queueArn('q.fifo') }],
    [
      'a bus without parameters',
      {},
      { Arn: `arn:aws:events:eu-west-1:${account}:event-bus/default` },
    ],
    [
      'input of a function that is no JSON',
      {},
      { Arn: `arn:aws:lambda:eu-west-1:${account}:function:f`, Input: 'x' },
    ],
    ['a FIFO dead-letter queue', {}, { DeadLetterConfig: { Arn: queueArn('d.fifo') } }],
    ['too many retries', {}, { RetryPolicy: { MaximumRetryAttempts: 186 } }],
    ['a role that is not there', {}, { RoleArn: `${roleArn}-none` }],
  ])('refuse %s', async (_, input, target) => {
    const { create } = await aWorld();
    await expect(create(input, target)).rejects.toBeInstanceOf(ValidationException);
  });
});
