import { describe, expect, it } from '@jest/globals';
import {
  DetachInstancesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  type Instance,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateServiceLinkedRoleCommand,
  DeleteServiceLinkedRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import {
  minutes,
  scalingFixture,
  seconds,
  type ScalingFixture,
} from '../../../test/scaling-fixture.ts';

const AutoScalingGroupName = 'web';

const idsOf = (instances: readonly Instance[] | undefined): string[] =>
  (instances ?? []).map(({ InstanceId }) => InstanceId ?? '');

/** A group in service, and the ids of its instances. */
async function running(input = {}): Promise<ScalingFixture & { readonly ids: readonly string[] }> {
  const given = await scalingFixture();
  const { Instances } = await given.startGroup(AutoScalingGroupName, input);
  return { ...given, ids: idsOf(Instances) };
}

const suspend = (given: ScalingFixture, ...ScalingProcesses: string[]) =>
  given.scaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));

const resume = (given: ScalingFixture, ...ScalingProcesses: string[]) =>
  given.scaling.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));

const shrinkTo = (given: ScalingFixture, DesiredCapacity: number) =>
  given.scaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));

describe('scale-in', () => {
  it('spares protected instances, even when too many remain', async () => {
    const given = await running();
    const [first = ''] = given.ids;
    await given.scaling.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName,
        InstanceIds: [first],
        ProtectedFromScaleIn: true,
      }),
    );
    await shrinkTo(given, 0);
    await given.world.scheduler.runFor(5 * minutes);

    const group = await given.group(AutoScalingGroupName);
    expect(group.DesiredCapacity).toBe(0);
    expect(idsOf(group.Instances)).toEqual([first]);

    await given.scaling.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName,
        InstanceIds: [first],
        ProtectedFromScaleIn: false,
      }),
    );
    await given.settle(AutoScalingGroupName);
  });

  it('protects new instances where the group says so', async () => {
    const given = await running({ NewInstancesProtectedFromScaleIn: true });

    expect(
      (await given.group(AutoScalingGroupName)).Instances?.map((one) => one.ProtectedFromScaleIn),
    ).toEqual([true, true]);
  });
});

describe('an instance that is terminated through its group', () => {
  const terminate = (
    given: ScalingFixture & { ids: readonly string[] },
    ShouldDecrementDesiredCapacity: boolean,
  ) =>
    given.scaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: given.ids[0],
        ShouldDecrementDesiredCapacity,
      }),
    );

  it('is replaced', async () => {
    const given = await running();
    const { Activity } = await terminate(given, false);
    expect(Activity).toMatchObject({
      StatusCode: 'InProgress',
      Description: `Terminating EC2 instance: ${given.ids[0] ?? ''}`,
    });
    const { Instances } = await given.settle(AutoScalingGroupName);

    expect(idsOf(Instances)).toHaveLength(2);
    expect(idsOf(Instances)).not.toContain(given.ids[0]);
  });

  it('takes its place along when asked to, but not below the minimum', async () => {
    const given = await running({ MinSize: 1 });
    await terminate(given, true);
    const group = await given.settle(AutoScalingGroupName);
    expect(group).toMatchObject({ DesiredCapacity: 1, Instances: [{ InstanceId: given.ids[1] }] });

    await expect(terminate({ ...given, ids: idsOf(group.Instances) }, true)).rejects.toThrow(
      "Currently, desiredSize equals minSize (1). Terminating instance without replacement will violate group's min size constraint.",
    );
    await expect(terminate(given, false)).rejects.toThrow(
      `Instance Id not found - No managed instance found for instance ID: ${given.ids[0] ?? ''}`,
    );
  });
});

it('a termination that EC2 refuses is a failed activity and is tried again', async () => {
  const given = await running({ DesiredCapacity: 1 });
  const iam = given.client(IAMClient);
  await iam.send(new DeleteServiceLinkedRoleCommand({ RoleName: 'AWSServiceRoleForAutoScaling' }));
  await given.spread();
  await shrinkTo(given, 0);
  await given.world.scheduler.runFor(30 * seconds);

  expect((await given.activities(AutoScalingGroupName))[0]?.StatusCode).toBe('Failed');
  expect(given.events('EC2 Instance Terminate Unsuccessful')).toMatchObject([
    { detail: { StatusCode: 'Failed', EC2InstanceId: given.ids[0] } },
  ]);
  await iam.send(
    new CreateServiceLinkedRoleCommand({ AWSServiceName: 'autoscaling.amazonaws.com' }),
  );
  await given.settle(AutoScalingGroupName);

  expect((await given.activities(AutoScalingGroupName))[0]?.StatusCode).toBe('Successful');
});

describe('the health of instances', () => {
  it('replaces an instance that somebody has terminated', async () => {
    const given = await running();
    await given.ec2.send(new TerminateInstancesCommand({ InstanceIds: [given.ids[0] ?? ''] }));
    await given.runUntil(
      async () =>
        !idsOf((await given.group(AutoScalingGroupName)).Instances).includes(given.ids[0] ?? ''),
    );
    await given.settle(AutoScalingGroupName);

    expect((await given.activities(AutoScalingGroupName)).map(({ Cause }) => Cause)).toContainEqual(
      expect.stringMatching(
        /^At \S+Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped\.$/,
      ),
    );
  });

  it('replaces an instance that its owner calls unhealthy, after the grace period', async () => {
    const given = await running({ HealthCheckGracePeriod: 600 });
    const set = (ShouldRespectGracePeriod?: boolean) =>
      given.scaling.send(
        new SetInstanceHealthCommand({
          InstanceId: given.ids[0],
          HealthStatus: 'Unhealthy',
          ShouldRespectGracePeriod,
        }),
      );
    await set();
    await given.world.scheduler.runFor(2 * minutes);
    expect(idsOf((await given.group(AutoScalingGroupName)).Instances)).toEqual(given.ids);

    await set(false);
    expect((await given.group(AutoScalingGroupName)).Instances?.[0]?.HealthStatus).toBe(
      'Unhealthy',
    );
    await given.world.scheduler.runFor(5 * minutes);
    const { Instances } = await given.settle(AutoScalingGroupName);
    expect(idsOf(Instances)).not.toContain(given.ids[0]);
  });
});

describe('a suspended process', () => {
  it('launches nothing', async () => {
    const given = await running({ DesiredCapacity: 0 });
    await suspend(given, 'Launch');
    await shrinkTo(given, 1);
    await given.world.scheduler.runFor(5 * minutes);

    const group = await given.group(AutoScalingGroupName);
    expect(group.Instances).toEqual([]);
    expect(group.SuspendedProcesses).toEqual([
      { ProcessName: 'Launch', SuspensionReason: expect.stringMatching(/^User suspended at /) },
    ]);
    await resume(given, 'Launch');
    await given.settle(AutoScalingGroupName);
  });

  it('terminates nothing', async () => {
    const given = await running({ DesiredCapacity: 1 });
    await suspend(given, 'Terminate');
    await shrinkTo(given, 0);
    await given.world.scheduler.runFor(5 * minutes);

    expect((await given.group(AutoScalingGroupName)).Instances).toHaveLength(1);
    await resume(given);
    await given.settle(AutoScalingGroupName);
  });

  it('marks unhealthy instances without replacing them', async () => {
    const given = await running({ DesiredCapacity: 1 });
    await suspend(given, 'ReplaceUnhealthy');
    await given.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...given.ids] }));
    await given.world.scheduler.runFor(5 * minutes);

    expect((await given.group(AutoScalingGroupName)).Instances).toMatchObject([
      { InstanceId: given.ids[0], HealthStatus: 'Unhealthy', LifecycleState: 'InService' },
    ]);
    await resume(given, 'ReplaceUnhealthy');
    await given.world.scheduler.runFor(5 * minutes);
    const { Instances } = await given.settle(AutoScalingGroupName);
    expect(idsOf(Instances)).not.toContain(given.ids[0]);
  });

  it('has a name that exists', async () => {
    const given = await running({ DesiredCapacity: 0 });

    await expect(suspend(given, 'Sleep')).rejects.toThrow('Sleep is not a valid process type');
  });
});

describe('standby', () => {
  const enter = (given: ScalingFixture & { ids: readonly string[] }, decrement: boolean) =>
    given.scaling.send(
      new EnterStandbyCommand({
        AutoScalingGroupName,
        InstanceIds: [given.ids[0] ?? ''],
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
  const leave = (given: ScalingFixture & { ids: readonly string[] }) =>
    given.scaling.send(
      new ExitStandbyCommand({ AutoScalingGroupName, InstanceIds: [given.ids[0] ?? ''] }),
    );

  it('keeps an instance out of service without a replacement when it takes its place along', async () => {
    const given = await running();
    await enter(given, true);
    await given.world.scheduler.runFor(3 * minutes);
    const group = await given.group(AutoScalingGroupName);
    expect(group.DesiredCapacity).toBe(1);
    expect(group.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual([
      'Standby',
      'InService',
    ]);

    await leave(given);
    expect(idsOf((await given.settle(AutoScalingGroupName)).Instances)).toEqual(given.ids);
  });

  it('is replaced otherwise, and there must be room to come back', async () => {
    const given = await running({ MaxSize: 2 });
    await enter(given, false);
    await given.world.scheduler.runFor(3 * minutes);

    expect((await given.group(AutoScalingGroupName)).Instances).toHaveLength(3);
    await expect(leave(given)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(enter(given, false)).rejects.toThrow(/is not in InService/);
  });

  it('cannot be left while launches are suspended', async () => {
    const given = await running();
    await enter(given, true);
    await given.world.scheduler.runFor(minutes);
    await suspend(given, 'Launch');

    await expect(leave(given)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

it('a detached instance runs on by itself', async () => {
  const given = await running();
  await given.scaling.send(
    new DetachInstancesCommand({
      AutoScalingGroupName,
      InstanceIds: [given.ids[0] ?? ''],
      ShouldDecrementDesiredCapacity: true,
    }),
  );
  await given.world.scheduler.runFor(30 * seconds);

  expect(idsOf((await given.group(AutoScalingGroupName)).Instances)).toEqual([given.ids[1]]);
  const { Reservations } = await given.ec2.send(
    new DescribeInstancesCommand({ InstanceIds: [given.ids[0] ?? ''] }),
  );
  expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
});
