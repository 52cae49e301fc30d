import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SNSClient, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { accountFixture } from '../../../test/account-fixture.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { sns } from '../sns/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { cloudwatch } from './operations.ts';
import { putServiceMetric } from './put-service-metric.ts';
import { minute, anAlarm, stateOf, put } from '../../../test/alarm-fixture.ts';

const eventsNamed = ({ world }: ServiceFixture, name: string): readonly unknown[] =>
  world.journal.entries.filter((entry) => entry.name === name);
describe('alarms', () => {
  it('are born without data and become OK after the first evaluation', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    await client.send(new PutMetricAlarmCommand(anAlarm()));
    await client.send(
      new PutMetricAlarmCommand(anAlarm({ AlarmName: 'plain', TreatMissingData: undefined })),
    );
    expect(await stateOf(client)).toBe('INSUFFICIENT_DATA');
    await world.scheduler.runFor(2 * minute);
    expect(await stateOf(client)).toBe('OK');
    expect(await stateOf(client, 'plain')).toBe('INSUFFICIENT_DATA');
    // Without data there is nothing to evaluate again.
    expect(world.scheduler.pending).toBe(0);
  });

  it('go into alarm after the minute is over, and back when the range holds no error any more', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    await client.send(new PutMetricAlarmCommand(anAlarm()));
    await world.scheduler.runFor(2 * minute);
    putServiceMetric(world.scope(fixture.account, 'eu-west-1', 'x'), {
      namespace: 'Team/App',
      metric: 'Errors',
      dimensions: {},
      value: 1,
    });
    await world.scheduler.runFor(59_000);
    expect(await stateOf(client)).toBe('OK');
    await world.scheduler.runFor(minute);
    expect(await stateOf(client)).toBe('ALARM');
    // One period after the error: the point is still the newest one in the range.
    await world.scheduler.runFor(minute);
    expect(await stateOf(client)).toBe('ALARM');
    await world.scheduler.runFor(3 * minute);
    expect(await stateOf(client)).toBe('OK');
    const events = eventsNamed(fixture, 'event-published');
    expect(events).toHaveLength(3);
    expect(events[1]).toMatchObject({
      detail: {
        event: {
          source: 'aws.cloudwatch',
          'detail-type': 'CloudWatch Alarm State Change',
          resources: ['arn:aws:cloudwatch:eu-west-1:111111111111:alarm:errors'],
          detail: {
            alarmName: 'errors',
            state: {
              value: 'ALARM',
              reason: expect.stringContaining(
                '1 out of the last 1 datapoints [1.0 (21/11/26 08:02:00)] was greater than or equal to the threshold (1.0)',
              ),
            },
            previousState: { value: 'OK' },
            configuration: {
              metrics: [
                {
                  metricStat: {
                    metric: { namespace: 'Team/App', name: 'Errors' },
                    period: 60,
                    stat: 'Sum',
                  },
                },
              ],
            },
          },
        },
      },
    });
  });

  it('count errors apart from each other in a window of five minutes', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    await client.send(new PutMetricAlarmCommand(anAlarm({ Period: 300, Threshold: 2 })));
    await put(client);
    await world.scheduler.runFor(2 * minute);
    expect(await stateOf(client)).toBe('OK');
    await put(client);
    await world.scheduler.runFor(2 * minute);
    expect(await stateOf(client)).toBe('ALARM');
  });

  it('show their history newest first, in pages', async () => {
    const client = serviceFixture([cloudwatch]).client(CloudWatchClient);
    await client.send(new PutMetricAlarmCommand(anAlarm()));
    for (const value of ['ALARM', 'OK', 'ALARM', 'OK'] as const)
      await client.send(
        new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: value, StateReason: 'test' }),
      );
    const pages: string[][] = [];
    for await (const page of paginateDescribeAlarmHistory({ client }, { AlarmName: 'errors' }))
      pages.push((page.AlarmHistoryItems ?? []).map((item) => item.HistorySummary ?? ''));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages[0]?.[0]).toBe('Alarm updated from ALARM to OK');
    expect(pages[2]?.[0]).toBe('Alarm "errors" created');
  });

  it('keep a state that was set only until the next evaluation', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    await client.send(new PutMetricAlarmCommand(anAlarm()));
    await world.scheduler.runFor(2 * minute);
    await client.send(
      new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' }),
    );
    expect(await stateOf(client)).toBe('ALARM');
    await world.scheduler.runFor(2 * minute);
    expect(await stateOf(client)).toBe('OK');
  });

  it('tell a topic that lets CloudWatch publish, once for each change', async () => {
    const fixture = serviceFixture([cloudwatch, sns, sqs, kms]);
    const client = fixture.client(CloudWatchClient);
    const topics = fixture.client(SNSClient);
    const { TopicArn = '' } = await topics.send(new CreateTopicCommand({ Name: 't' }));
    const publishers = (service: string) =>
      topics.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: 'Policy',
          AttributeValue: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: service },
              Action: 'sns:Publish',
              Resource: TopicArn,
              Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:errors' } },
            },
          }),
        }),
      );
    const actions = async (): Promise<unknown> => {
      const { AlarmHistoryItems = [] } = await client.send(
        new DescribeAlarmHistoryCommand({
          AlarmName: 'errors',
          HistoryItemType: 'Action',
          MaxRecords: 1,
        }),
      );
      return AlarmHistoryItems[0]?.HistorySummary;
    };
    await publishers('other.amazonaws.com');
    await client.send(
      new PutMetricAlarmCommand(anAlarm({ OKActions: [TopicArn], AlarmActions: [TopicArn] })),
    );
    await fixture.world.scheduler.runFor(2 * minute);
    expect(await actions()).toContain('Failed to execute action');
    await publishers('cloudwatch.amazonaws.com');
    await put(client);
    await fixture.world.scheduler.runFor(2 * minute);
    expect(await actions()).toBe(`Successfully executed action ${TopicArn}`);
    const published = fixture.world.journal.entries.filter(
      ({ name, by, error }) =>
        name === 'Publish' && by === 'cloudwatch.amazonaws.com' && error === undefined,
    );
    expect(published).toHaveLength(1);
  });

  it('refuse actions that are not modelled, and take none while actions are off', async () => {
    const client = serviceFixture([cloudwatch]).client(CloudWatchClient);
    await expect(
      client.send(
        new PutMetricAlarmCommand(
          anAlarm({ AlarmActions: ['arn:aws:automate:eu-west-1:ec2:reboot'] }),
        ),
      ),
    ).rejects.toThrow('not modelled');
    await client.send(new PutMetricAlarmCommand(anAlarm()));
    await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['errors'] }));
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toMatchObject([{ ActionsEnabled: false }]);
  });

  it('combine into composite alarms, which follow at once', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    await client.send(new PutMetricAlarmCommand(anAlarm({ AlarmName: 'a' })));
    await client.send(new PutMetricAlarmCommand(anAlarm({ AlarmName: 'b' })));
    await client.send(
      new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM(a) AND ALARM("b")' }),
    );
    await client.send(
      new PutCompositeAlarmCommand({ AlarmName: 'top', AlarmRule: 'NOT ALARM(both)' }),
    );
    await expect(
      client.send(new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM(top)' })),
    ).rejects.toThrow('depend on itself');
    await world.scheduler.runFor(2 * minute);
    expect([await stateOf(client, 'both'), await stateOf(client, 'top')]).toEqual(['OK', 'ALARM']);
    await put(client);
    await world.scheduler.runFor(2 * minute);
    expect([await stateOf(client, 'both'), await stateOf(client, 'top')]).toEqual(['ALARM', 'OK']);
    // Composite alarms come back only when asked for.
    const { MetricAlarms, CompositeAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect([MetricAlarms?.length, CompositeAlarms?.length]).toEqual([2, 0]);
  });

  it('come in pages and are found by their metric', async () => {
    const client = serviceFixture([cloudwatch]).client(CloudWatchClient);
    for (const name of ['e', 'c', 'a', 'd', 'b'])
      await client.send(new PutMetricAlarmCommand(anAlarm({ AlarmName: name })));
    const names: string[][] = [];
    for await (const page of paginateDescribeAlarms({ client }, {}))
      names.push((page.MetricAlarms ?? []).map((alarm) => alarm.AlarmName ?? ''));
    expect(names).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    const onMetric = await client.send(
      new DescribeAlarmsForMetricCommand({
        Namespace: 'Team/App',
        MetricName: 'Errors',
        Period: 60,
      }),
    );
    expect(onMetric.MetricAlarms).toHaveLength(5);
    await client.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'b'] }));
    await expect(
      client.send(new DeleteAlarmsCommand({ AlarmNames: ['c', 'nope'] })),
    ).rejects.toBeInstanceOf(ResourceNotFound);
    expect(await stateOf(client, 'c')).toBe('INSUFFICIENT_DATA');
  });

  it('refuse what the emulator does not model, and periods that CloudWatch does not have', async () => {
    const client = serviceFixture([cloudwatch]).client(CloudWatchClient);
    const wrong: [Partial<PutMetricAlarmCommandInput>, string][] = [
      [{ Period: 30 }, 'high-resolution'],
      [{ Period: 61 }, 'multiple of 60'],
      [{ DatapointsToAlarm: 2 }, 'DatapointsToAlarm'],
      [{ EvaluationPeriods: 1_441 }, 'at most 86400 seconds'],
      [{ Period: 3_600, EvaluationPeriods: 169 }, 'at most 604800 seconds'],
      [{ ExtendedStatistic: 'p99', Statistic: undefined }, 'ExtendedStatistic is not modelled'],
      [{ TreatMissingData: 'maybe' }, 'TreatMissingData'],
    ];
    for (const [given, message] of wrong)
      await expect(client.send(new PutMetricAlarmCommand(anAlarm(given)))).rejects.toThrow(message);
  });

  it('are guarded by name and by tag', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const client = fixture.client(CloudWatchClient);
    await client.send(
      new PutMetricAlarmCommand(anAlarm({ Tags: [{ Key: 'team', Value: 'red' }] })),
    );
    await client.send(new PutMetricAlarmCommand(anAlarm({ AlarmName: 'other' })));
    fixture.addUser('red', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'cloudwatch:SetAlarmState',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } },
      },
    });
    const red = fixture.client(CloudWatchClient, { user: 'red' });
    const set = (name: string) =>
      red.send(
        new SetAlarmStateCommand({ AlarmName: name, StateValue: 'ALARM', StateReason: 'x' }),
      );
    await set('errors');
    await expect(set('other')).rejects.toMatchObject({ name: 'AccessDenied' });
    const arn = 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:other';
    await client.send(
      new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: 'team', Value: 'red' }] }),
    );
    await set('other');
    await client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ['team'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags).toEqual(
      [],
    );
    await expect(set('other')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(
      (await client.send(new DescribeAlarmHistoryCommand({ AlarmName: 'errors' })))
        .AlarmHistoryItems,
    ).toHaveLength(2);
  });
});

describe('resource types', () => {
  const provider = (type: string): ResourceProvider => {
    const found = cloudwatch.resources?.find((candidate) => candidate.type === type);
    if (!found) throw new Error(`no provider for ${type}`);
    return found;
  };

  it('make alarms, composite alarms and dashboards, change them and delete them', async () => {
    const fixture = accountFixture([iam, cloudwatch]);
    const client = fixture.client(CloudWatchClient);
    const deployment = fixture.deployment('Alarm', { tags: { team: 'red' } });
    const alarms = provider('AWS::CloudWatch::Alarm');
    const { AlarmName, Threshold, ...rest } = anAlarm();
    const properties = {
      ...rest,
      Threshold: String(Threshold),
      Tags: [{ Key: 'own', Value: '1' }],
    };
    const made = await alarms.create(properties, deployment);
    expect(AlarmName).not.toBe(made.physicalId);
    const read = async () =>
      (await client.send(new DescribeAlarmsCommand({ AlarmNames: [made.physicalId] })))
        .MetricAlarms?.[0];
    expect(await read()).toMatchObject({
      Threshold: 1,
      Period: 60,
      AlarmArn: made.attributes['Arn'],
    });
    const changed = { ...properties, Threshold: 5, Tags: [] };
    await alarms.update?.(changed, deployment, {
      physicalId: made.physicalId,
      previous: properties,
    });
    expect(await read()).toMatchObject({ Threshold: 5 });
    const { Tags = [] } = await client.send(
      new ListTagsForResourceCommand({ ResourceARN: String(made.attributes['Arn']) }),
    );
    expect(Tags.map(({ Key }) => Key)).not.toContain('own');
    await expect(
      alarms.create({ ...properties, AlarmName: made.physicalId }, deployment),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    const composites = provider('AWS::CloudWatch::CompositeAlarm');
    const composite = await composites.create(
      { AlarmRule: `ALARM("${made.physicalId}")` },
      deployment,
    );
    const dashboards = provider('AWS::CloudWatch::Dashboard');
    const dashboard = await dashboards.create({ DashboardBody: '{"widgets":[]}' }, deployment);
    for (let times = 0; times < 2; times += 1) {
      await dashboards.delete(dashboard.physicalId, deployment, { properties: {} });
      await composites.delete(composite.physicalId, deployment, { properties: {} });
      await alarms.delete(made.physicalId, deployment, { properties: changed });
    }
    expect(await read()).toBeUndefined();
  });
});
