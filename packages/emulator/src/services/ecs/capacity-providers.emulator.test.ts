import { describe, expect, it } from '@jest/globals';
import {
  DescribeLifecycleHooksCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateCapacityProviderCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  ECSClient,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateCapacityProviderCommand,
  UpdateServiceCommand,
  type AutoScalingGroupProvider,
} from '@aws-sdk/client-ecs';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { ecsFixture, minutes, type EcsFixture } from '../../../test/ecs-fixture.ts';

const hours = 60 * minutes;

/** A group whose instances join `blue`, its capacity provider `nodes`, and `blue` associated with that. */
async function withProvider(
  settings: Partial<AutoScalingGroupProvider> = {},
  group: { readonly desired?: number; readonly isProtected?: boolean } = {},
): Promise<EcsFixture> {
  const given = await ecsFixture();
  const Version = await given.nodeTemplate();
  await given.createGroup('nodes', {
    LaunchTemplate: { LaunchTemplateId: given.templateId, Version },
    MinSize: 0,
    MaxSize: 5,
    DesiredCapacity: group.desired ?? 0,
    NewInstancesProtectedFromScaleIn: group.isProtected === true,
  });
  await createProvider(given, settings);
  await associate(given);
  return given;
}

async function createProvider(
  given: EcsFixture,
  settings: Partial<AutoScalingGroupProvider>,
): Promise<void> {
  const { AutoScalingGroupARN: autoScalingGroupArn = '' } = await given.group('nodes');
  await given.ecs.send(
    new CreateCapacityProviderCommand({
      name: 'nodes',
      autoScalingGroupProvider: { autoScalingGroupArn, ...settings },
    }),
  );
}

const associate = (given: EcsFixture, capacityProviders = ['nodes']) =>
  given.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'blue',
      capacityProviders,
      defaultCapacityProviderStrategy: capacityProviders.map((capacityProvider) => ({
        capacityProvider,
        weight: 1,
      })),
    }),
  );

const connected = (given: EcsFixture, count: number) =>
  given.runUntil(async () => {
    const nodes = await given.nodes('ACTIVE');
    return nodes.filter(({ agentConnected }) => agentConnected).length === count;
  });

const scaling = { status: 'ENABLED', targetCapacity: 100 } as const;

describe('a capacity provider', () => {
  it('drains by default, marks its group and puts its hook on it once a cluster uses it', async () => {
    const given = await withProvider();
    const { capacityProviders } = await given.ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['nodes'] }),
    );
    expect(capacityProviders?.[0]).toMatchObject({
      status: 'ACTIVE',
      autoScalingGroupProvider: {
        managedDraining: 'ENABLED',
        managedTerminationProtection: 'DISABLED',
        managedScaling: { status: 'DISABLED' },
      },
    });
    expect((await given.group('nodes')).Tags).toEqual([
      expect.objectContaining({ Key: 'AmazonECSManaged', Value: '' }),
    ]);
    const { LifecycleHooks } = await given.scaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'nodes' }),
    );
    expect(LifecycleHooks).toEqual([
      expect.objectContaining({
        LifecycleHookName: 'ecs-managed-draining-termination-hook',
        DefaultResult: 'CONTINUE',
      }),
    ]);
  });

  it.each([
    ['without managed scaling', {}, true],
    ['for a group that does not protect new instances', { managedScaling: scaling }, false],
  ])('refuses managed termination protection %s', async (_, settings, isProtected) => {
    await expect(
      withProvider({ managedTerminationProtection: 'ENABLED', ...settings }, { isProtected }),
    ).rejects.toMatchObject({ name: 'ClientException' });
  });

  it('wants the right to tag the group of whoever makes it', async () => {
    const given = await ecsFixture();
    await given.createGroup('nodes', { DesiredCapacity: 0 });
    await given.iam.send(new CreateUserCommand({ UserName: 'someone' }));
    await given.iam.send(
      new PutUserPolicyCommand({
        UserName: 'someone',
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'ecs:*', Resource: '*' },
        }),
      }),
    );
    const { AccessKey } = await given.iam.send(new CreateAccessKeyCommand({ UserName: 'someone' }));
    await given.spread();
    const client = given.client(ECSClient, {
      as: {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
        sessionToken: undefined,
      },
    });
    await expect(createProvider({ ...given, ecs: client }, {})).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('autoscaling:CreateOrUpdateTags'),
    });
  });

  it('cannot be removed while a service uses it, nor deleted while a cluster does', async () => {
    const given = await withProvider({}, { desired: 1 });
    await connected(given, 1);
    await given.createService('web');
    await given.settleService('web');
    await expect(associate(given, [])).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await expect(
      given.ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'nodes' })),
    ).rejects.toMatchObject({ name: 'ClientException' });
  });

  it('is named by the instances and tasks of its group', async () => {
    const given = await withProvider({}, { desired: 1 });
    await connected(given, 1);
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');
    expect(await given.nodes()).toEqual([
      expect.objectContaining({ capacityProviderName: 'nodes' }),
    ]);
    expect(await given.tasks('web')).toEqual([
      expect.objectContaining({ capacityProviderName: 'nodes' }),
    ]);
    expect(given.actions()).toContain('CAPACITY_PROVIDER_STEADY_STATE');
  });

  it('without managed scaling and instances: a placement failure', async () => {
    const given = await withProvider();
    await given.createService('web');
    await given.world.scheduler.runFor(1 * minutes);
    expect(given.actions()).toEqual(['SERVICE_TASK_PLACEMENT_FAILURE EMPTY CAPACITY PROVIDER']);
  });
});

describe('managed draining', () => {
  it('moves the tasks of an instance away before its group terminates it', async () => {
    const given = await withProvider({}, { desired: 2 });
    await connected(given, 2);
    await given.createService('web', { desiredCount: 2 });
    await given.settleService('web');
    const [node] = await given.nodes();
    await given.scaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: node?.ec2InstanceId ?? '',
        ShouldDecrementDesiredCapacity: true,
      }),
    );
    const running: number[] = [];
    await given.runUntil(async () => {
      running.push((await given.service('web')).runningCount ?? 0);
      return (await given.group('nodes')).Instances?.length === 1;
    });
    expect(Math.min(...running)).toBe(2);
    expect(given.actions().filter((name) => name.includes('FAILURE'))).toEqual([]);
    expect((await given.tasks('web', 'STOPPED')).map(({ stopCode }) => stopCode)).toEqual([
      'ServiceSchedulerInitiated',
    ]);
  });

  it('waits for a standalone task, 48 hours at most', async () => {
    const given = await withProvider({}, { desired: 1 });
    await connected(given, 1);
    const { tasks } = await given.ecs.send(
      new RunTaskCommand({ cluster: 'blue', taskDefinition: await given.register('job') }),
    );
    await given.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity: 0 }),
    );
    await given.world.scheduler.runFor(40 * hours);
    expect(await given.nodes('DRAINING')).toHaveLength(1);
    await given.ecs.send(new StopTaskCommand({ cluster: 'blue', task: tasks?.[0]?.taskArn ?? '' }));
    await given.world.scheduler.runFor(5 * minutes);
    expect(await given.nodes()).toEqual([]);
  });

  it('ends after 48 hours whatever runs', async () => {
    const given = await withProvider({}, { desired: 1 });
    await connected(given, 1);
    await given.ecs.send(
      new RunTaskCommand({ cluster: 'blue', taskDefinition: await given.register('job') }),
    );
    await given.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity: 0 }),
    );
    await given.world.scheduler.runFor(49 * hours);
    expect(await given.nodes()).toEqual([]);
  });

  it('switched off: the tasks go down with their instance', async () => {
    const given = await withProvider({ managedDraining: 'DISABLED' }, { desired: 2 });
    await connected(given, 2);
    await given.createService('web', { desiredCount: 2 });
    await given.settleService('web');
    await given.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity: 1 }),
    );
    await given.world.scheduler.runFor(5 * minutes);
    expect((await given.tasks('web', 'STOPPED')).map(({ stopCode }) => stopCode)).toEqual([
      'TerminationNotice',
    ]);
  });
});

describe('managed scaling and termination protection', () => {
  it('scales out for tasks that wait, and in after a quarter of an hour without them', async () => {
    const given = await withProvider({ managedScaling: scaling });
    const taskDefinition = await given.register('big', { memory: 1_500 });
    await given.createService('big', { taskDefinition, desiredCount: 3 });
    await given.world.scheduler.runFor(30_000);
    expect((await given.tasks('big')).map(({ lastStatus }) => lastStatus)).toEqual([
      'PROVISIONING',
      'PROVISIONING',
      'PROVISIONING',
    ]);
    await given.settleService('big', 20 * minutes);
    expect((await given.group('nodes')).DesiredCapacity).toBe(3);
    expect(given.actions().filter((name) => name.includes('FAILURE'))).toEqual([]);

    await given.ecs.send(
      new UpdateServiceCommand({ cluster: 'blue', service: 'big', desiredCount: 1 }),
    );
    await given.world.scheduler.runFor(10 * minutes);
    expect((await given.group('nodes')).DesiredCapacity).toBe(3);
    await given.world.scheduler.runFor(10 * minutes);
    expect((await given.group('nodes')).DesiredCapacity).toBe(1);
  });

  it('fails tasks whose capacity does not come', async () => {
    const given = await withProvider({ managedScaling: scaling });
    await given.scaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'nodes', MaxSize: 0 }),
    );
    await given.createService('web', { desiredCount: 1 });
    await given.world.scheduler.runFor(16 * minutes);
    expect(await given.tasks('web', 'STOPPED')).toEqual([
      expect.objectContaining({
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'EMPTY CAPACITY PROVIDER',
      }),
    ]);
    expect(given.actions()[0]).toBe('SERVICE_TASK_PLACEMENT_FAILURE EMPTY CAPACITY PROVIDER');
  });

  it('protects instances with tasks from scale-in, and only those', async () => {
    const given = await withProvider(
      { managedScaling: scaling, managedTerminationProtection: 'ENABLED' },
      { desired: 2, isProtected: true },
    );
    await connected(given, 2);
    await given.createService('agent', {
      schedulingStrategy: 'DAEMON',
      capacityProviderStrategy: [],
      launchType: 'EC2',
    });
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');
    await given.world.scheduler.runFor(1 * minutes);
    const [task] = await given.tasks('web');
    const busy = (await given.nodes()).find(
      ({ containerInstanceArn }) => containerInstanceArn === task?.containerInstanceArn,
    );
    const { Instances = [] } = await given.group('nodes');
    for (const { InstanceId, ProtectedFromScaleIn } of Instances)
      expect(ProtectedFromScaleIn).toBe(InstanceId === busy?.ec2InstanceId);
    await given.ecs.send(
      new UpdateCapacityProviderCommand({
        name: 'nodes',
        autoScalingGroupProvider: { managedTerminationProtection: 'DISABLED' },
      }),
    );
  });
});
