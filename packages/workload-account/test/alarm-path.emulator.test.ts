import { beforeAll, describe, expect, it } from '@jest/globals';
import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { CustomerCluster } from './customer-cluster.ts';
import {
  alarmStates,
  deliveries,
  entriesOf,
  handlerDeliveries,
  handlerMoves,
  minute,
  publishedEvents,
  workloadResource,
  type Delivery,
} from './rollback-fixture.ts';

let stage: FleetStage;

beforeAll(async () => {
  const accounts = [1, 2, 3, 4].map((number) => ({ name: `workload-${number}` }));
  stage = await FleetStage.open({
    otherRegions: [],
    units: [{ name: 'workloads', accounts }],
    // What arrives twice counts twice; here one event has to be enough.
    settings: { duplicateShare: 0 },
  });
  await stage.deploy({ BakeSeconds: '600' });
});

/** Lines that came into the log group whose metric the alarm watches. */
const signalLines = async (place: Place, since: number): Promise<Delivery[]> =>
  deliveries(stage, place, {
    since,
    target: await workloadResource(stage, place, /^EcsErrorsLog$/),
  });

describe('one placement failure after a bad image', () => {
  let place: Place;
  let since: number;
  let sinceMs: number;

  beforeAll(async () => {
    place = stage.place('workload-1');
    await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
    const bad = await stage.build('drops-awslogs-driver.sh');
    since = stage.world.journal.entries.length;
    sinceMs = stage.world.scheduler.now;
    expect(await stage.roll(place, bad, 'r1')).toMatchObject([
      { state: 'rolled-back', reason: 'alarm', refresh: { status: 'RollbackSuccessful' } },
    ]);
  });

  const published = (detailType: string) =>
    publishedEvents(stage, place, since).filter(({ event }) => event['detail-type'] === detailType);
  const failure = () => {
    const [first] = published('ECS Service Action').filter(
      ({ event }) => event.detail['eventType'] === 'ERROR',
    );
    if (!first) throw new Error('no placement failure');
    return first;
  };
  const alarmAt = (): number => {
    const change = entriesOf(stage, place, since).find(
      ({ name, detail }) => name === 'alarm-state-changed' && detail['to'] === 'ALARM',
    );
    return Date.parse(change?.at ?? '');
  };

  it('becomes a log line, a metric value of three, an alarm and a rollback within three minutes', async () => {
    const { at, event } = failure();
    expect(event.detail['eventName']).toBe('SERVICE_TASK_PLACEMENT_FAILURE');
    const [line] = await signalLines(place, since);
    expect(line?.eventId).toBe(event.id);
    const back = published('EC2 Auto Scaling Instance Refresh Rollback Started')[0]?.at ?? NaN;
    const times = [at, line?.at ?? NaN, alarmAt(), back];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(back - at).toBeLessThan(3 * minute);

    const { Datapoints } = await stage.infra.client(CloudWatchClient, place).send(
      new GetMetricStatisticsCommand({
        Namespace: `GoldenImages/${stage.infra.line}`,
        MetricName: 'ecs-errors',
        StartTime: new Date(sinceMs),
        EndTime: new Date(alarmAt()),
        Period: 60,
        Statistics: ['Sum', 'SampleCount'],
      }),
    );
    expect(Datapoints).toMatchObject([{ Sum: 3, SampleCount: 1 }]);
    const minuteOfEvent = Math.floor(Date.parse(event.time) / minute) * minute;
    expect(Datapoints?.[0]?.Timestamp?.getTime()).toBe(minuteOfEvent);
  });

  it('is the only line that the alarm needs', async () => {
    const lines = await signalLines(place, since);
    expect(lines.filter(({ at }) => at <= alarmAt())).toHaveLength(1);
  });

  it('makes AWS take the group back, while the handler, told of the alarm as well, does nothing', () => {
    const [change] = published('CloudWatch Alarm State Change');
    expect(handlerDeliveries(stage, place, since).map(({ eventId }) => eventId)).toContain(
      change?.event.id,
    );
    expect(handlerMoves(stage, place, since)).toEqual(['StartInstanceRefresh']);
  });
});

/** The group gets an instance more than its tasks need. */
const addRoom = async (place: Place): Promise<void> => {
  await stage.infra.client(AutoScalingClient, place).send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: await stage.groupName(place, 'NumberedGroup'),
      DesiredCapacity: 3,
    }),
  );
  await stage.world.scheduler.runFor(10 * minute);
};

/** Why tasks stopped, each reason once. */
const stopCodes = (place: Place, since: number): unknown[] => [
  ...new Set(
    publishedEvents(stage, place, since)
      .filter(
        ({ event }) =>
          event['detail-type'] === 'ECS Task State Change' &&
          event.detail['lastStatus'] === 'STOPPED',
      )
      .map(({ event }) => event.detail['stopCode']),
  ),
];

describe('what is no error', () => {
  /** Says whether anything came to the alarm since. */
  const watch = (place: Place) => {
    const since = stage.world.journal.entries.length;
    const sinceMs = stage.world.scheduler.now;
    return async (): Promise<unknown> => {
      await stage.world.scheduler.runFor(15 * minute);
      return {
        lines: await signalLines(place, since),
        states: await alarmStates(stage, place, sinceMs),
        stops: stopCodes(place, since),
      };
    };
  };

  it('does not raise the alarm: draining an instance with room elsewhere, and what a service stops itself', async () => {
    const place = stage.place('workload-2');
    await stage.deployCustomer(place, { shapes: ['NumberedGroup'] });
    const cluster = await CustomerCluster.open(stage, place);
    await addRoom(place);
    expect(await cluster.nodes()).toHaveLength(3);
    const drained = watch(place);
    const busy = (await cluster.nodes()).find(({ runningTasksCount }) => runningTasksCount === 1);
    if (!busy) throw new Error('no instance runs a task');
    await cluster.drain(busy);
    expect(await drained()).toEqual({
      lines: [],
      states: [],
      stops: ['ServiceSchedulerInitiated'],
    });
    expect(
      (await cluster.nodes()).map(({ status, runningTasksCount }) => [status, runningTasksCount]),
    ).toEqual(
      expect.arrayContaining([
        ['DRAINING', 0],
        ['ACTIVE', 1],
        ['ACTIVE', 1],
      ]),
    );

    const scaledIn = watch(place);
    await cluster.update({ desiredCount: 1 });
    expect(await scaledIn()).toEqual({
      lines: [],
      states: [],
      stops: ['ServiceSchedulerInitiated'],
    });
    const deployed = watch(place);
    await cluster.update({ forceNewDeployment: true });
    expect(await deployed()).toEqual({
      lines: [],
      states: [],
      stops: ['ServiceSchedulerInitiated'],
    });
    expect(await cluster.service()).toMatchObject({ runningCount: 1, pendingCount: 0 });
  });

  it('does not raise the alarm: an agent that is away for a moment when its service wants a place', async () => {
    const place = stage.place('workload-4');
    await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
    const cluster = await CustomerCluster.open(stage, place);
    await cluster.update({ desiredCount: 0 });
    const isAway = async (): Promise<boolean> =>
      (await cluster.nodes()).every(({ agentConnected }) => agentConnected === false);
    for (let looks = 0; !(await isAway()) && looks < 3_000; looks += 1)
      await stage.world.scheduler.runFor(3_000);
    expect(await isAway()).toBe(true);
    const since = stage.world.journal.entries.length;
    const placed = watch(place);
    await cluster.update({ desiredCount: 1 });
    expect(await placed()).toEqual({ lines: [], states: [], stops: [] });
    expect(
      publishedEvents(stage, place, since)
        .filter(({ event }) => event['detail-type'] === 'ECS Service Action')
        .map(({ event }) => [event.detail['eventName'], event.detail['reason']]),
    ).toContainEqual(['SERVICE_TASK_PLACEMENT_FAILURE', 'AGENT']);
    expect(await cluster.service()).toMatchObject({ runningCount: 1 });
  });

  it('does not raise the alarm: the whole way to a good image, with managed draining and without', async () => {
    const place = stage.place('workload-3');
    await stage.deployCustomer(place, { shapes: ['NumberedGroup', 'MixedGroup', 'ProviderGroup'] });
    const good = await stage.build('harden.sh');
    const moved = watch(place);
    expect((await stage.roll(place, good, 'r1')).map(({ state }) => state)).toEqual([
      'refreshed',
      'refreshed',
      'refreshed',
    ]);
    expect(await moved()).toMatchObject({
      lines: [],
      states: [],
      stops: expect.arrayContaining(['ServiceSchedulerInitiated', 'TerminationNotice']),
    });
  });
});
