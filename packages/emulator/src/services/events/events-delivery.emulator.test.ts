import { describe, expect, it } from '@jest/globals';
import { account, queueArn, aWorld, anyOrder } from '../../../test/events-fixture.ts';
import { publishServiceEvent } from './publish.ts';

describe('events', () => {
  it('reach the queues of the rules that match, as the documented envelope', async () => {
    const { queue, received, rule, put, pass } = aWorld();
    const [hit, miss] = [await queue('hit'), await queue('miss')];
    await rule({ ...anyOrder, Name: 'a' }, { Arn: queueArn('hit') });
    await rule({ EventPattern: '{"source":["other"]}', Name: 'b' }, { Arn: queueArn('miss') });
    const { Entries } = await put({ Resources: ['arn:x'] });
    expect(await received(hit)).toEqual([]);
    await pass(2_500);
    const [message] = await received(hit);
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'Order',
      source: 'shop',
      account,
      time: '2026-11-21T08:00:00Z',
      region: 'eu-west-1',
      resources: ['arn:x'],
      detail: { n: 1 },
    });
    expect(await received(miss)).toEqual([]);
  });

  it('of AWS services arrive on the default bus, whole seconds in their time', async () => {
    const { world, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await rule(
      { EventPattern: '{"source":["aws.s3"],"detail":{"n":[7]}}' },
      { Arn: queueArn('q') },
    );
    await pass(1_234);
    publishServiceEvent(world.scope(account, 'eu-west-1', 's3'), {
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: ['arn:aws:s3:::b'],
      detail: { n: 7 },
    });
    await pass(4_000);
    const [message] = await received(url);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      time: '2026-11-21T08:00:01Z',
      account,
      region: 'eu-west-1',
    });
  });

  it.each(
    [
      ['aws.autoscaling', 'aws.ec2', 'aws.imagebuilder', 'aws.states'],
      // Durable, says the EventBridge Events Reference of each.
      ['aws.ecs', 'aws.cloudwatch', 'aws.s3', 'aws.x'],
    ].flatMap((sources, index) =>
      sources.map((source) => ({ source, arrives: index === 1 ? 1 : 0 })),
    ),
  )(
    'of $source arrive $arrives times in a world that loses all it may lose',
    async ({ source, arrives }) => {
      const { world, queue, received, rule, pass } = aWorld({ lostEventShare: 1 });
      const url = await queue('q');
      await rule({ EventPattern: JSON.stringify({ source: [source] }) }, { Arn: queueArn('q') });
      publishServiceEvent(world.scope(account, 'eu-west-1', 'ec2'), {
        source,
        detailType: 'T',
        resources: [],
        detail: {},
      });
      await pass(5_000);
      expect(await received(url)).toHaveLength(arrives);
      const lost = world.journal.entries.filter(({ name }) => name === 'event-lost');
      expect(lost).toHaveLength(1 - arrives);
    },
  );

  it('arrive twice with the share that the world sets, and in no promised order', async () => {
    const { world, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await rule({ EventPattern: '{"source":["aws.x"]}' }, { Arn: queueArn('q') });
    for (let n = 0; n < 8; n += 1)
      publishServiceEvent(world.scope(account, 'eu-west-1', 'ec2'), {
        source: 'aws.x',
        detailType: 'T',
        resources: [],
        detail: { n },
      });
    await pass(5_000);
    const order = (await received(url)).map(
      ({ Body = '' }) => (JSON.parse(Body) as { detail: { n: number } }).detail.n,
    );
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(order).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);

    const doubled = aWorld({ duplicateShare: 1 });
    await doubled.queue('q');
    await doubled.rule({ EventPattern: '{"source":["aws.x"]}' }, { Arn: queueArn('q') });
    publishServiceEvent(doubled.world.scope(account, 'eu-west-1', 'ec2'), {
      source: 'aws.x',
      detailType: 'T',
      resources: [],
      detail: {},
    });
    await doubled.pass(5_000);
    const deliveries = doubled.world.journal.entries.filter(
      ({ name }) => name === 'event-delivered',
    );
    expect(deliveries).toHaveLength(4);
    expect(new Set(deliveries.map(({ detail }) => detail['eventId'])).size).toBe(1);
  });

  it('come late with the share that the world sets, those of services and those of callers', async () => {
    const { world, queue, rule, put, pass, received } = aWorld({
      duplicateShare: 0,
      lateShare: 1,
      lateMsMax: 600_000,
    });
    const url = await queue('q');
    await rule({ EventPattern: '{"source":["aws.x","mine"]}' }, { Arn: queueArn('q') });
    publishServiceEvent(world.scope(account, 'eu-west-1', 'ec2'), {
      source: 'aws.x',
      detailType: 'T',
      resources: [],
      detail: {},
    });
    await put({ Source: 'mine' });
    await pass(5_000);
    expect(await received(url)).toEqual([]);
    // To the bus, from there to the target and within the queue.
    await pass(3 * 600_000);
    expect(
      (await received(url)).map(({ Body = '' }) => (JSON.parse(Body) as { source: string }).source),
    ).toEqual(expect.arrayContaining(['aws.x', 'mine']));
  });

  it('are refused one by one', async () => {
    const { put } = aWorld();
    const { FailedEntryCount, Entries } = await put(
      {},
      { Source: 'aws.s3' },
      { Detail: '[1]' },
      { DetailType: undefined },
      { EventBusName: `arn:aws:events:eu-central-1:${account}:event-bus/default` },
    );
    expect(FailedEntryCount).toBe(4);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'InvalidArgument',
      'InvalidArgument',
    ]);
    await expect(put({ Source: undefined })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(...Array.from({ length: 11 }, () => ({})))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(
      put({ Detail: JSON.stringify({ x: 'x'.repeat(1_048_576) }) }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('an event for a bus that does not exist', () => {
  it('is taken and goes nowhere, and those beside it arrive', async () => {
    const { put, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await rule(anyOrder, { Arn: queueArn('q') });
    const { FailedEntryCount, Entries } = await put({ EventBusName: 'none' }, {});
    expect(FailedEntryCount).toBe(0);
    expect(Entries).toEqual([{ EventId: expect.any(String) }, { EventId: expect.any(String) }]);
    await pass(3_000);
    const messages = await received(url);
    expect(messages.map(({ Body }) => (JSON.parse(Body ?? '') as { id: string }).id)).toEqual([
      Entries?.[1]?.EventId,
    ]);
  });
});
