import { describe, expect, it } from '@jest/globals';
import {
  DeleteServiceCommand,
  DescribeTasksCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  detailOf,
  ecsFixture,
  minutes,
  seconds,
  type EcsFixture,
} from '../../../test/ecs-fixture.ts';

const drain = async (given: EcsFixture, id: string): Promise<void> => {
  const containerInstances = [(await given.node(id))?.containerInstanceArn ?? ''];
  await given.ecs.send(
    new UpdateContainerInstancesStateCommand({
      cluster: 'blue',
      containerInstances,
      status: 'DRAINING',
    }),
  );
};

const stopCodes = async (given: EcsFixture, name: string) =>
  (await given.tasks(name, 'STOPPED')).map(({ stopCode }) => stopCode);

describe('a service', () => {
  it('brings up its tasks, spread over zones and instances, and becomes steady', async () => {
    const given = await ecsFixture();
    await given.addNodes(2);
    await given.addNodes(1, { SubnetId: given.subnetIds[1] });
    await given.createService('web', { desiredCount: 3 });
    const service = await given.settleService('web');

    expect(service).toMatchObject({ runningCount: 3, pendingCount: 0, launchType: 'EC2' });
    const tasks = await given.tasks('web');
    expect(new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn)).size).toBe(3);
    expect(given.actions()).toEqual(['SERVICE_STEADY_STATE']);
    expect(
      given.events('ECS Deployment State Change').map((event) => detailOf(event)['eventName']),
    ).toEqual(['SERVICE_DEPLOYMENT_IN_PROGRESS', 'SERVICE_DEPLOYMENT_COMPLETED']);
    expect(service.events?.[0]?.message).toBe('(service web) has reached a steady state.');
  });

  it('says in task events what DescribeTasks says, with a version that counts', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');

    const details = given.events('ECS Task State Change').map(detailOf);
    expect(details.map(({ lastStatus, version }) => [lastStatus, version])).toEqual([
      ['PENDING', 1],
      ['RUNNING', 2],
    ]);
    expect(details[1]).toMatchObject({
      group: 'service:web',
      launchType: 'EC2',
      desiredStatus: 'RUNNING',
      clusterArn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/blue',
      containers: [expect.objectContaining({ name: 'app', lastStatus: 'RUNNING' })],
    });
    expect(details[1]).not.toHaveProperty('healthStatus');
  });

  it('replaces a task that somebody stops', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');
    const [task] = await given.tasks('web');
    await given.ecs.send(new StopTaskCommand({ cluster: 'blue', task: task?.taskArn ?? '' }));
    await given.world.scheduler.runFor(1 * minutes);

    expect((await given.service('web')).runningCount).toBe(1);
    const stopped = await given.ecs.send(
      new DescribeTasksCommand({ cluster: 'blue', tasks: [task?.taskArn ?? ''] }),
    );
    expect(stopped.tasks?.[0]).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'Task stopped by user',
    });
  });

  it('rolls a new revision out within its percentages', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('web', {
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 },
    });
    await given.settleService('web');
    const taskDefinition = await given.register('web', { image: 'nginx:2' });
    await given.ecs.send(
      new UpdateServiceCommand({ cluster: 'blue', service: 'web', taskDefinition }),
    );
    const running: number[] = [];
    await given.runUntil(async () => {
      const { runningCount = 0, deployments = [] } = await given.service('web');
      running.push(runningCount);
      return deployments.length === 1;
    });
    expect(Math.min(...running)).toBe(2);
    expect(Math.max(...running)).toBe(3);
    expect((await given.tasks('web')).map((task) => task.taskDefinitionArn)).toEqual([
      taskDefinition,
      taskDefinition,
    ]);
    expect(await stopCodes(given, 'web')).toEqual([
      'ServiceSchedulerInitiated',
      'ServiceSchedulerInitiated',
    ]);
  });

  it('keeps an old task until its replacement has run for forty seconds', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');
    await given.ecs.send(
      new UpdateServiceCommand({
        cluster: 'blue',
        service: 'web',
        taskDefinition: await given.register('web', { image: 'nginx:2' }),
      }),
    );
    await given.settleService('web');

    const [fresh] = await given.tasks('web');
    const [old] = await given.tasks('web', 'STOPPED');
    const overlapMs = (old?.stoppingAt?.getTime() ?? 0) - (fresh?.startedAt?.getTime() ?? 0);
    expect(overlapMs).toBeGreaterThanOrEqual(40 * seconds);
    expect(overlapMs).toBeLessThan(45 * seconds);
  });

  it('is scaled and deleted', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('web');
    await given.settleService('web');
    const update = (desiredCount: number) =>
      given.ecs.send(new UpdateServiceCommand({ cluster: 'blue', service: 'web', desiredCount }));
    await update(4);
    await given.settleService('web');
    await update(1);
    await given.settleService('web');
    const remove = (force: boolean) =>
      given.ecs.send(new DeleteServiceCommand({ cluster: 'blue', service: 'web', force }));
    await expect(remove(false)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect((await remove(true)).service?.status).toBe('DRAINING');
    await given.world.scheduler.runFor(1 * minutes);
    expect(await given.service('web')).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
    expect(given.actions()).not.toContain('SERVICE_DESIRED_COUNT_UPDATED');
  });
});

describe('instances that come and go', () => {
  it('drains without a failure when another instance has room: starts elsewhere first', async () => {
    const given = await ecsFixture();
    const [old = ''] = await given.addNodes(1);
    await given.createService('web');
    await given.settleService('web');
    await given.addNodes(1);
    await drain(given, old);
    const running: number[] = [];
    await given.runUntil(async () => {
      running.push((await given.service('web')).runningCount ?? 0);
      return (await given.node(old))?.runningTasksCount === 0;
    });

    expect(Math.min(...running)).toBe(2);
    await given.world.scheduler.runFor(1 * minutes);
    expect(new Set(given.actions())).toEqual(new Set(['SERVICE_STEADY_STATE', 'TASKS_STOPPED']));
    expect(await stopCodes(given, 'web')).toEqual([
      'ServiceSchedulerInitiated',
      'ServiceSchedulerInitiated',
    ]);
  });

  it('keeps the tasks on a draining instance while there is no room elsewhere, and says so', async () => {
    const given = await ecsFixture();
    const [only = ''] = await given.addNodes(1);
    await given.createService('web');
    await given.settleService('web');
    await drain(given, only);
    await given.world.scheduler.runFor(30 * minutes);

    expect((await given.node(only))?.runningTasksCount).toBe(2);
    expect(given.actions()).toEqual([
      'SERVICE_STEADY_STATE',
      'SERVICE_TASK_PLACEMENT_FAILURE NO ACTIVE INSTANCES',
    ]);
  });

  it('loses the tasks of a terminated instance and starts them where there is room', async () => {
    const given = await ecsFixture();
    const [first = ''] = await given.addNodes(2);
    await given.createService('web');
    await given.settleService('web');
    await given.terminate(first);
    await given.world.scheduler.runFor(4 * minutes);

    expect((await given.service('web')).runningCount).toBe(2);
    expect(await given.tasks('web', 'STOPPED')).toEqual([
      expect.objectContaining({
        stopCode: 'TerminationNotice',
        stoppedReason: `Host EC2 (instance ${first}) terminated.`,
      }),
    ]);
  });

  it('runs a daemon on every instance, and takes it away last', async () => {
    const given = await ecsFixture();
    const [first = ''] = await given.addNodes(1);
    await given.createService('agent', { schedulingStrategy: 'DAEMON' });
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');
    const [second = ''] = await given.addNodes(1);
    await given.settleService('agent');
    expect(await given.service('agent')).toMatchObject({ desiredCount: 2, runningCount: 2 });
    expect(given.actions()).toContain('SERVICE_DESIRED_COUNT_UPDATED');

    await drain(given, first);
    await given.runUntil(async () => (await given.node(first))?.runningTasksCount === 0);
    const stopped = given
      .events('ECS Task State Change')
      .map(detailOf)
      .filter(({ lastStatus }) => lastStatus === 'STOPPED')
      .map(({ group }) => group);
    expect(stopped).toEqual(['service:web', 'service:agent']);
    expect((await given.node(second))?.runningTasksCount).toBe(2);
  });

  it('says where a daemon breaks a constraint that came later, and stops it', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);
    await given.createService('agent', { schedulingStrategy: 'DAEMON' });
    await given.settleService('agent');
    await given.ecs.send(
      new UpdateServiceCommand({
        cluster: 'blue',
        service: 'agent',
        placementConstraints: [
          { type: 'memberOf', expression: 'attribute:ecs.instance-type == m5.large' },
        ],
      }),
    );
    await given.runUntil(async () => (await given.node(id))?.runningTasksCount === 0);
    const violated = given
      .events('ECS Service Action')
      .map(detailOf)
      .filter(({ eventName }) => eventName === 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED');
    expect(violated).toEqual([
      expect.objectContaining({
        eventType: 'ERROR',
        containerInstanceArns: [(await given.node(id))?.containerInstanceArn],
      }),
    ]);
  });
});
