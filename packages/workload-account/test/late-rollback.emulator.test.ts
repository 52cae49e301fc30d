import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { faults } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { type GroupView } from '@golden/stage/group-view.ts';
import { CustomerCluster } from './customer-cluster.ts';
import { customerVariant, propertiesOf } from './customer-variant.ts';
import {
  addVersion,
  alarmStates,
  calm,
  handlerDeliveries,
  handlerMoves,
  minute,
  ownersView,
  publishedEvents,
  timesTold,
} from './rollback-fixture.ts';

const shapes = ['NumberedGroup', 'SingleGroup'] as const;
const each = <T>(value: T): T[] => shapes.map(() => value);

const loggingTask = 'web-with-logs';

/**
 * A customer whose tasks log where Docker logs by itself, so that they run on an image without the driver for CloudWatch.
 * Those that log to CloudWatch are there and not deployed yet.
 */
const localLogs = customerVariant(shapes, (template) => {
  const task = propertiesOf(template, 'Task');
  const container = { Name: 'web', Image: 'nginx', Memory: 512, Cpu: 256 };
  const [{ LogConfiguration } = {}] = task['ContainerDefinitions'] as Record<string, unknown>[];
  expect(LogConfiguration).toMatchObject({ LogDriver: 'awslogs' });
  template.Resources['LoggingTask'] = {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      ...task,
      Family: loggingTask,
      ContainerDefinitions: [{ ...container, LogConfiguration }],
    },
  };
  task['ContainerDefinitions'] = [container];
});

let stage: FleetStage;
let good: VersionRecord;
let bad: VersionRecord;

beforeAll(async () => {
  const accounts = [1, 2, 3, 4, 5, 6, 7].map((number) => ({ name: `workload-${number}` }));
  stage = await FleetStage.open({
    otherRegions: [],
    units: [{ name: 'workloads', accounts }],
    // Each event comes twice, as EventBridge may do.
    settings: { duplicateShare: 1 },
  });
  await stage.deploy({ BakeSeconds: '600', LateRollbackWindowHours: '1' });
  good = await stage.build('harden.sh');
  bad = await stage.build('drops-awslogs-driver.sh');
});

/** The customer deploys tasks that log to CloudWatch. */
const deployCloudWatchLogs = async (place: Place): Promise<void> =>
  (await CustomerCluster.open(stage, place)).update({ taskDefinition: loggingTask });

describe('an image that shows its fault after its refresh', () => {
  let place: Place;
  let before: ReadonlyMap<string, GroupView>;
  let since: number;
  let sinceMs: number;

  beforeAll(async () => {
    place = stage.place('workload-1');
    await stage.deployCustomer(place, { template: localLogs });
    expect(await stage.roll(place, good, 'r1')).toMatchObject(each({ state: 'refreshed' }));
    before = await stage.groups(place);
    expect(await stage.roll(place, bad, 'r2')).toMatchObject(each({ state: 'refreshed' }));
    since = stage.world.journal.entries.length;
    sinceMs = stage.world.scheduler.now;
    await deployCloudWatchLogs(place);
    await calm(stage);
  });

  const alarms = () =>
    publishedEvents(stage, place, since).filter(
      ({ event }) => event['detail-type'] === 'CloudWatch Alarm State Change',
    );

  it('is left for what ran before, without anybody asking', async () => {
    expect((await alarmStates(stage, place, sinceMs))[0]).toBe('ALARM');
    expect(ownersView(await stage.groups(place))).toEqual(ownersView(before));
    expect(
      await stage.reports(place, stage.request(place, bad, { action: 'status', rolloutId: 'r2' })),
    ).toMatchObject(each({ state: 'rolled-back', reason: 'late-alarm' }));
  });

  it('is left by one refresh of each group, although the event comes twice', () => {
    const toldOf = handlerDeliveries(stage, place, since).map(({ eventId }) => eventId);
    expect(toldOf.length).toBeGreaterThan(1);
    expect([...new Set(toldOf)]).toEqual([alarms()[0]?.event.id]);
    expect(started(handlerMoves(stage, place, since))).toEqual(each('StartInstanceRefresh'));
  });

  it('is reported to the infra account, all groups at once, by whoever took one back or saw that it goes back', () => {
    const told = timesTold(stage, place, since);
    expect(told).toBeGreaterThanOrEqual(1);
    // Lambda, too, may run an asynchronous invocation twice.
    expect(told).toBeLessThanOrEqual(2 * handlerDeliveries(stage, place, since).length);
  });

  it('is left for good: the same event once more and another alarm change nothing', async () => {
    const later = stage.world.journal.entries.length;
    await stage.infra.client(LambdaClient, place).send(
      new InvokeCommand({
        FunctionName: `golden-${stage.infra.line}-handler`,
        Payload: JSON.stringify(alarms()[0]?.event),
      }),
    );
    expect(handlerMoves(stage, place, later)).toEqual([]);
    expect(await answerToAlarm(place)).toEqual([]);
  });

  it('has cost the customer nothing: what was deployed runs', async () => {
    const service = await (await CustomerCluster.open(stage, place)).service();
    expect(service).toMatchObject({ runningCount: 3, pendingCount: 0, desiredCount: 3 });
    expect(service.taskDefinition).toMatch(/\/web-with-logs:1$/);
    expect(service.deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });
});

/** What the handler does about an alarm at a place; it has to be told of it, more than once. */
const answerToAlarm = async (place: Place): Promise<string[]> => {
  const since = stage.world.journal.entries.length;
  await raiseAlarm(stage, place);
  await stage.world.scheduler.runFor(5 * minute);
  expect(handlerDeliveries(stage, place, since).length).toBeGreaterThan(1);
  return handlerMoves(stage, place, since);
};

/** What AWS began of it: invocations that come at once get in each other's way, and one wins. */
const started = (moves: readonly string[]): string[] =>
  moves.filter((move) => move !== 'StartInstanceRefresh InstanceRefreshInProgress');

const deploySingle = async (account: string): Promise<Place> => {
  const place = stage.place(account);
  await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
  return place;
};

describe('an alarm moves no group', () => {
  it('when the tasks run as well on the image that the group was moved to', async () => {
    const place = stage.place('workload-2');
    await stage.deployCustomer(place, { template: localLogs });
    expect(await stage.roll(place, good, 'r1')).toMatchObject(each({ state: 'refreshed' }));
    const sinceMs = stage.world.scheduler.now;
    const since = stage.world.journal.entries.length;
    await deployCloudWatchLogs(place);
    await calm(stage);
    expect(await alarmStates(stage, place, sinceMs)).toEqual([]);
    expect(handlerMoves(stage, place, since)).toEqual([]);
  });

  it('that AWS has taken back already', async () => {
    const place = await deploySingle('workload-3');
    expect(await stage.roll(place, bad, 'r1')).toMatchObject([
      { state: 'rolled-back', reason: 'alarm' },
    ]);
    await calm(stage);
    const since = stage.world.journal.entries.length;
    expect(await answerToAlarm(place)).toEqual([]);
    expect(timesTold(stage, place, since)).toBe(0);
  });

  it('whose refresh ended before the window began', async () => {
    const place = await deploySingle('workload-4');
    expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    await stage.world.scheduler.runFor(61 * minute);
    expect(await answerToAlarm(place)).toEqual([]);
  });

  it('whose last refresh is of somebody else', async () => {
    const place = await deploySingle('workload-5');
    expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    const scaling = stage.infra.client(AutoScalingClient, place);
    const AutoScalingGroupName = await stage.groupName(place, 'SingleGroup');
    const { AutoScalingGroups: [group] = [] } = await scaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
    );
    const LaunchTemplateId = group?.LaunchTemplate?.LaunchTemplateId ?? '';
    await addVersion(stage, place, LaunchTemplateId);
    await scaling.send(
      new StartInstanceRefreshCommand({
        AutoScalingGroupName,
        DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId, Version: '3' } },
        Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 },
      }),
    );
    await stage.world.scheduler.runFor(20 * minute);
    const { InstanceRefreshes: [last] = [] } = await scaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName }),
    );
    expect(last?.Status).toBe('Successful');
    expect(await answerToAlarm(place)).toEqual([]);
    expect((await stage.groups(place)).get('SingleGroup')?.saved).toBe('3');
  });

  it('that is on its way back already', async () => {
    const place = await deploySingle('workload-6');
    const before = (await stage.groups(place)).get('SingleGroup')?.running;
    expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    // Within the window: this alarm does move it.
    await stage.world.scheduler.runFor(45 * minute);
    expect(started(await answerToAlarm(place))).toEqual(['StartInstanceRefresh']);
    expect(
      await stage.reports(place, stage.request(place, good, { action: 'status', rolloutId: 'r1' })),
    ).toMatchObject([{ state: 'rolling-back', reason: 'late-alarm' }]);
    expect(await answerToAlarm(place)).toEqual([]);
    await calm(stage);
    const after = (await stage.groups(place)).get('SingleGroup');
    expect(after).toMatchObject({ saved: '1', running: before });
  });
});

describe('an alarm that AWS answers with errors at first', () => {
  it('moves its group when Lambda repeats the invocation, and the infra account is told', async () => {
    const place = await deploySingle('workload-7');
    const before = (await stage.groups(place)).get('SingleGroup')?.running;
    expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    const { scheduler, journal } = stage.world;
    const [since, until] = [journal.entries.length, scheduler.now + minute / 2];
    let refused = 0;
    faults(stage.world).onCall(({ operation }) => {
      if (operation !== 'DescribeLaunchTemplateVersions' || scheduler.now > until) return 'proceed';
      refused += 1;
      return { error: { code: 'RequestLimitExceeded', status: 503 } };
    });
    expect(started(await answerToAlarm(place))).toEqual(['StartInstanceRefresh']);
    faults(stage.world).onCall(undefined);
    expect(refused).toBeGreaterThan(3);
    expect(timesTold(stage, place, since)).toBeGreaterThan(0);
    await calm(stage);
    expect((await stage.groups(place)).get('SingleGroup')?.running).toEqual(before);
  });
});
