import { describe, expect, it } from '@jest/globals';
import {
  CompleteLifecycleActionCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  type LifecycleHookSpecification,
} from '@aws-sdk/client-auto-scaling';
import { minutes, scalingFixture, type ScalingFixture } from '../../../test/scaling-fixture.ts';
import { lifecycleActions } from './group-watches.ts';

const launching: LifecycleHookSpecification = {
  LifecycleHookName: 'ready',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  HeartbeatTimeout: 300,
  NotificationMetadata: 'be quick',
};
const terminating: LifecycleHookSpecification = {
  LifecycleHookName: 'drain',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  HeartbeatTimeout: 300,
  DefaultResult: 'CONTINUE',
};

const stateOf = async (given: ScalingFixture): Promise<string | undefined> =>
  (await given.group('web')).Instances?.[0]?.LifecycleState;

const until = (given: ScalingFixture, state: string, limitMs = 10 * minutes) =>
  given.runUntil(async () => (await stateOf(given)) === state, limitMs);

const complete = (
  given: ScalingFixture,
  hook: string,
  input: { LifecycleActionToken?: string; InstanceId?: string; result?: string },
) =>
  given.scaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: 'web',
      LifecycleHookName: hook,
      LifecycleActionResult: input.result ?? 'CONTINUE',
      LifecycleActionToken: input.LifecycleActionToken,
      InstanceId: input.InstanceId,
    }),
  );

const shrink = (given: ScalingFixture) =>
  given.scaling.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 0 }),
  );

describe('a launching hook', () => {
  it('holds an instance until its action is completed', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [launching],
    });
    await until(given, 'Pending:Wait');

    const [event] = given.events('EC2 Instance-launch Lifecycle Action');
    const { AutoScalingGroupARN, Instances } = await given.group('web');
    expect(event).toMatchObject({
      resources: [AutoScalingGroupARN],
      detail: {
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'ready',
        EC2InstanceId: Instances?.[0]?.InstanceId,
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        NotificationMetadata: 'be quick',
        Origin: 'EC2',
        Destination: 'AutoScalingGroup',
      },
    });
    await expect(
      complete(given, 'ready', { LifecycleActionToken: 'wrong-token-wrong-token-wrong-token1' }),
    ).rejects.toThrow('No active Lifecycle Action found with token wrong-token');
    await complete(given, 'ready', {
      LifecycleActionToken: tokenOf(event),
    });

    expect(await stateOf(given)).toBe('InService');
    expect((await given.activities('web'))[0]?.StatusCode).toBe('Successful');
  });

  it('that is abandoned ends the instance, which is replaced', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [launching],
    });
    await until(given, 'Pending:Wait');
    const [first] = (await given.group('web')).Instances ?? [];
    await complete(given, 'ready', { InstanceId: first?.InstanceId ?? '', result: 'ABANDON' });
    await given.runUntil(async () => {
      const { Instances = [] } = await given.group('web');
      return Instances.length === 1 && Instances[0]?.InstanceId !== first?.InstanceId;
    });

    const cancelled = (await given.activities('web')).find(
      ({ StatusCode }) => StatusCode === 'Cancelled',
    );
    expect(cancelled?.StatusMessage).toMatch(
      /^Instance failed to complete user's Lifecycle Action: Lifecycle Action with token [0-9a-f-]{36} was abandoned: Lifecycle Action Completed with ABANDON Result$/,
    );
    expect(given.events('EC2 Instance Launch Unsuccessful')).toHaveLength(1);
  });

  it('spares an instance that never came into service the terminating hooks', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [launching, terminating],
    });
    await until(given, 'Pending:Wait');
    await shrink(given);
    await given.settle('web', 5 * minutes);

    expect(given.events('EC2 Instance-terminate Lifecycle Action')).toEqual([]);
  });

  it('gives up at its heartbeat timeout, which a heartbeat begins anew', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [launching],
    });
    await until(given, 'Pending:Wait');
    const InstanceId = (await given.group('web')).Instances?.[0]?.InstanceId;
    await given.world.scheduler.runFor(4 * minutes);
    await given.scaling.send(
      new RecordLifecycleActionHeartbeatCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'ready',
        InstanceId,
      }),
    );
    await given.world.scheduler.runFor(4 * minutes);
    expect(await stateOf(given)).toBe('Pending:Wait');
    await given.world.scheduler.runFor(2 * minutes);

    const cancelled = (await given.activities('web')).find(
      ({ StatusCode }) => StatusCode === 'Cancelled',
    );
    expect(cancelled?.StatusMessage).toMatch(/was abandoned: Heartbeat Timeout$/);
  });
});

describe('a terminating hook', () => {
  it('holds an instance, which runs on, until its action is completed', async () => {
    const given = await scalingFixture();
    const { Instances } = await given.startGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [terminating],
    });
    const InstanceId = Instances?.[0]?.InstanceId ?? '';
    await shrink(given);
    await until(given, 'Terminating:Wait');
    await given.world.scheduler.runFor(minutes);
    expect(await stateOf(given)).toBe('Terminating:Wait');
    expect(given.world.journal.entries.some(({ name }) => name === 'TerminateInstances')).toBe(
      false,
    );

    await complete(given, 'drain', { InstanceId, result: 'ABANDON' });
    expect(await stateOf(given)).toBe('Terminating:Proceed');
    await given.settle('web');

    expect((await given.group('web')).Instances).toEqual([]);
    expect(given.events('EC2 Instance-terminate Lifecycle Action')).toMatchObject([
      { detail: { LifecycleHookName: 'drain', Origin: 'AutoScalingGroup', Destination: 'EC2' } },
    ]);
  });

  it('waits for all hooks to continue, or one to abandon', async () => {
    const given = await scalingFixture();
    const { Instances } = await given.startGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [terminating, { ...terminating, LifecycleHookName: 'logs' }],
    });
    const InstanceId = Instances?.[0]?.InstanceId ?? '';
    await shrink(given);
    await until(given, 'Terminating:Wait');

    await complete(given, 'drain', { InstanceId });
    expect(await stateOf(given)).toBe('Terminating:Wait');
    await complete(given, 'logs', { InstanceId });
    expect(await stateOf(given)).toBe('Terminating:Proceed');
  });

  it('is told to services at once', async () => {
    const given = await scalingFixture();
    const told: string[] = [];
    lifecycleActions.follow(
      given.world.scope('111111111111', 'eu-west-1', 'autoscaling'),
      (_, { group, hook, member }) => {
        told.push(`${group.name} ${hook.name} ${member.state}`);
      },
    );
    await given.startGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [terminating],
    });
    await shrink(given);
    await until(given, 'Terminating:Wait');

    expect(told).toEqual(['web drain Terminating:Wait']);
  });

  it('is dropped when the group is deleted by force', async () => {
    const given = await scalingFixture();
    await given.startGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [terminating],
    });
    await shrink(given);
    await until(given, 'Terminating:Wait');
    await given.scaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ForceDelete: true }),
    );
    await given.world.scheduler.runFor(2 * minutes);

    await expect(given.group('web')).rejects.toThrow('no group web');
  });

  it('lets instances go on when it is deleted', async () => {
    const given = await scalingFixture();
    await given.startGroup('web', {
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [terminating],
    });
    await shrink(given);
    await until(given, 'Terminating:Wait');
    await given.scaling.send(
      new DeleteLifecycleHookCommand({ AutoScalingGroupName: 'web', LifecycleHookName: 'drain' }),
    );

    expect(await stateOf(given)).toBe('Terminating:Proceed');
  });
});

describe('hooks of a group', () => {
  it('are shown with their defaults and the global timeout', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 0 });
    await given.scaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'ready',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      }),
    );
    const { LifecycleHooks } = await given.scaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'web' }),
    );

    expect(LifecycleHooks).toEqual([
      {
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'ready',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        HeartbeatTimeout: 3600,
        GlobalTimeout: 172_800,
        DefaultResult: 'ABANDON',
      },
    ]);
  });

  it.each([
    ['a short heartbeat', { HeartbeatTimeout: 20 }],
    ['no transition', { LifecycleTransition: undefined }],
    ['another result', { DefaultResult: 'MAYBE' }],
    ['a notification target', { NotificationTargetARN: 'arn:aws:sns:eu-west-1:111111111111:t' }],
  ])('are refused with %s', async (_, input) => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 0 });

    await expect(
      given.scaling.send(
        new PutLifecycleHookCommand({ AutoScalingGroupName: 'web', ...launching, ...input }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

function tokenOf(event: Readonly<Record<string, unknown>> | undefined): string {
  const detail = event?.['detail'];
  if (typeof detail !== 'object' || detail === null || !('LifecycleActionToken' in detail))
    throw new Error('the event has no token');
  return String(detail.LifecycleActionToken);
}
