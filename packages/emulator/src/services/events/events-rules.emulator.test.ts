import { describe, expect, it } from '@jest/globals';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  InvalidEventPatternException,
  LimitExceededException,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-eventbridge';
import { account, queueArn, aWorld, walk, anyOrder } from '../../../test/events-fixture.ts';

const hour = 3_600_000;

describe('rules', () => {
  it('are replaced by a second PutRule and keep targets and tags', async () => {
    const { client, queue, rule } = aWorld();
    await queue('q');
    await rule(
      { ...anyOrder, Description: 'd', Tags: [{ Key: 'a', Value: 'b' }] },
      { Arn: queueArn('q') },
    );
    const ResourceARN = await rule({ ScheduleExpression: 'rate(1 hour)' });
    const described = await client.send(new DescribeRuleCommand({ Name: 'r' }));
    expect(described).toMatchObject({
      Arn: `arn:aws:events:eu-west-1:${account}:rule/r`,
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      EventBusName: 'default',
    });
    expect(described.EventPattern).toBeUndefined();
    expect(described.Description).toBeUndefined();
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: 'r' }));
    expect(Targets).toEqual([{ Id: 't0', Arn: queueArn('q') }]);
    await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'c', Value: 'd' }] }));
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['a'] }));
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([{ Key: 'c', Value: 'd' }]);
  });

  it.each([
    ['neither pattern nor schedule', {}, 'ValidationException'],
    [
      'a pattern that is none',
      { EventPattern: '{"source":"x"}' },
      InvalidEventPatternException.name,
    ],
    ['a schedule that is none', { ScheduleExpression: 'rate(0 minutes)' }, 'ValidationException'],
    ['a single time', { ScheduleExpression: 'at(2027-01-01T00:00:00)' }, 'ValidationException'],
    [
      'a bus that is not there',
      { ...anyOrder, EventBusName: 'none' },
      ResourceNotFoundException.name,
    ],
    ['a name with a blank', { ...anyOrder, Name: 'a b' }, 'ValidationException'],
  ])('refuse %s', async (_, input, code) => {
    await expect(aWorld().rule(input)).rejects.toMatchObject({ name: code });
  });

  it('cannot be deleted while they have targets; what is gone is deleted', async () => {
    const { client, queue, rule } = aWorld();
    await queue('q');
    await rule(anyOrder, { Arn: queueArn('q') });
    const drop = async () => client.send(new DeleteRuleCommand({ Name: 'r' }));
    await expect(drop()).rejects.toMatchObject({ name: 'ValidationException' });
    const removed = await client.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['t0', 'x'] }));
    expect(removed.FailedEntries).toMatchObject([{ TargetId: 'x' }]);
    await drop();
    await drop();
    await expect(client.send(new DescribeRuleCommand({ Name: 'r' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it('match nothing while they are disabled', async () => {
    const { client, queue, received, rule, put, pass } = aWorld();
    const url = await queue('q');
    await rule(anyOrder, { Arn: queueArn('q') });
    await client.send(new DisableRuleCommand({ Name: 'r' }));
    await put({});
    await pass(3_000);
    expect(await received(url)).toEqual([]);
    await client.send(new EnableRuleCommand({ Name: 'r' }));
    await put({});
    await pass(3_000);
    expect(await received(url)).toHaveLength(1);
  });

  it('run on a rate from when they are made and on cron times in UTC, within the minute', async () => {
    const { queue, received, rule, pass } = aWorld();
    const [rate, cron] = [await queue('rate'), await queue('cron')];
    await rule({ Name: 'rate', ScheduleExpression: 'rate(10 minutes)' }, { Arn: queueArn('rate') });
    await rule(
      { Name: 'cron', ScheduleExpression: 'cron(30 8 * * ? *)' },
      { Arn: queueArn('cron') },
    );
    await pass(10 * 60_000 - 1);
    expect(await received(rate)).toEqual([]);
    await pass(hour);
    const times = (await received(rate)).map(
      ({ Body = '' }) => (JSON.parse(Body) as { time: string }).time,
    );
    expect(times.sort()).toEqual([
      '2026-11-21T08:10:00Z',
      '2026-11-21T08:20:00Z',
      '2026-11-21T08:30:00Z',
      '2026-11-21T08:40:00Z',
      '2026-11-21T08:50:00Z',
      '2026-11-21T09:00:00Z',
    ]);
    const [message, ...more] = await received(cron);
    expect(more).toEqual([]);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-11-21T08:30:00Z',
      resources: [`arn:aws:events:eu-west-1:${account}:rule/cron`],
      detail: {},
    });
    const sent = Number(message?.Attributes?.SentTimestamp) - Date.parse('2026-11-21T08:30:00Z');
    expect(sent).toBeGreaterThanOrEqual(300);
    expect(sent).toBeLessThanOrEqual(61_000);
  });

  it('and their targets are listed in pages', async () => {
    const { client, rule } = aWorld();
    const lists = {
      rules: [] as number[],
      byTarget: [] as number[],
      targets: [] as number[],
    };
    for (const Name of ['e', 'c', 'a', 'd', 'b'])
      await rule({ ...anyOrder, Name }, { Arn: queueArn('q') });
    await rule(
      { ...anyOrder, Name: 'many' },
      ...['1', '2', '3', '4', '5'].map((name) => ({ Arn: queueArn(name) })),
    );
    const names: string[] = [];
    await walk(async (NextToken) => {
      const page = await client.send(new ListRulesCommand({ NextToken }));
      lists.rules.push(page.Rules?.length ?? 0);
      names.push(...(page.Rules ?? []).map(({ Name = '' }) => Name));
      return page.NextToken;
    });
    await walk(async (NextToken) => {
      const page = await client.send(
        new ListRuleNamesByTargetCommand({ TargetArn: queueArn('q'), NextToken }),
      );
      lists.byTarget.push(page.RuleNames?.length ?? 0);
      return page.NextToken;
    });
    await walk(async (NextToken) => {
      const page = await client.send(new ListTargetsByRuleCommand({ Rule: 'many', NextToken }));
      lists.targets.push(page.Targets?.length ?? 0);
      return page.NextToken;
    });
    expect(lists).toEqual({ rules: [2, 2, 2], byTarget: [2, 2, 1], targets: [2, 2, 1] });
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e', 'many']);
    await expect(
      rule({ ...anyOrder, Name: 'many' }, { Id: 't9', Arn: queueArn('6') }),
    ).rejects.toBeInstanceOf(LimitExceededException);
  });

  it('can have their pattern tried on an event', async () => {
    const { client } = aWorld();
    const event = {
      id: '1',
      account,
      source: 'shop',
      time: '',
      region: '',
      resources: [],
      'detail-type': 'x',
    };
    const test = async (EventPattern: string, Event: string) =>
      (await client.send(new TestEventPatternCommand({ EventPattern, Event }))).Result;
    expect(await test('{"source":["shop"]}', JSON.stringify(event))).toBe(true);
    expect(await test('{"source":["x"]}', JSON.stringify(event))).toBe(false);
    await expect(test('{"source":[]}', JSON.stringify(event))).rejects.toBeInstanceOf(
      InvalidEventPatternException,
    );
    await expect(test('{"source":["x"]}', '{}')).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
