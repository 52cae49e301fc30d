import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  paginateDescribeStackEvents,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  SetInstanceProtectionCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import {
  minutes,
  scalingFixture,
  seconds,
  type ScalingFixture,
} from '../../../test/scaling-fixture.ts';
import { cloudformation } from '../cloudformation/operations.ts';

const StackName = 'demo';

const aTemplate = (given: ScalingFixture, group: object = {}, more: object = {}): object => ({
  Resources: {
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: '1',
        MaxSize: '2',
        DesiredCapacity: '1',
        Cooldown: '60',
        VPCZoneIdentifier: given.subnetIds,
        LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '1' },
        Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: false }],
        ...group,
      },
    },
    ...more,
  },
  Outputs: {
    Name: { Value: { Ref: 'Group' } },
    Arn: { Value: { 'Fn::GetAtt': ['Group', 'AutoScalingGroupARN'] } },
  },
});

interface StackFixture extends ScalingFixture {
  readonly cfn: CloudFormationClient;
  readonly deploy: (template: object) => Promise<Stack>;
  readonly update: (template: object) => Promise<Stack>;
  readonly settleStack: (id: string, limitMs?: number) => Promise<Stack>;
}

async function withStacks(): Promise<StackFixture> {
  const given = await scalingFixture([cloudformation]);
  const cfn = given.client(CloudFormationClient);
  const describeStack = async (id: string): Promise<Stack> => {
    const { Stacks } = await cfn.send(new DescribeStacksCommand({ StackName: id }));
    if (!Stacks?.[0]) throw new Error(`no stack ${id}`);
    return Stacks[0];
  };
  const settleStack: StackFixture['settleStack'] = async (id, limitMs = 30 * minutes) => {
    await given.runUntil(
      async () => (await describeStack(id)).StackStatus?.endsWith('_IN_PROGRESS') !== true,
      limitMs,
      limitMs > 30 * minutes ? 30 * seconds : undefined,
    );
    return describeStack(id);
  };
  return {
    ...given,
    cfn,
    settleStack,
    async deploy(template) {
      const { StackId = '' } = await cfn.send(
        new CreateStackCommand({
          StackName,
          TemplateBody: JSON.stringify(template),
          Tags: [{ Key: 'stage', Value: 'test' }],
        }),
      );
      return settleStack(StackId);
    },
    async update(template) {
      await cfn.send(
        new UpdateStackCommand({
          StackName,
          TemplateBody: JSON.stringify(template),
          Tags: [{ Key: 'stage', Value: 'test' }],
        }),
      );
      return settleStack(StackName);
    },
  };
}

const output = (stack: Stack, key: string): string =>
  stack.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';

describe('a group in a stack', () => {
  it.each([undefined, '$Latest', '$Default'])(
    'is not made from the version %s of a template',
    async (Version) => {
      const given = await withStacks();
      const specification = { LaunchTemplateId: given.templateId, Version };
      const stack = await given.deploy(aTemplate(given, { LaunchTemplate: specification }));
      expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
      expect(
        (await given.scaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups,
      ).toEqual([]);
    },
  );

  it('has the settings, tags and name of the template and the stack', async () => {
    const given = await withStacks();
    const stack = await given.deploy(aTemplate(given));
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const name = output(stack, 'Name');
    expect(name).toMatch(/^demo-Group-/);

    const group = await given.settle(name);
    expect(group).toMatchObject({
      AutoScalingGroupARN: output(stack, 'Arn'),
      MinSize: 1,
      MaxSize: 2,
      DesiredCapacity: 1,
      DefaultCooldown: 60,
    });
    expect(
      Object.fromEntries(group.Tags?.map((tag) => [tag.Key, tag.PropagateAtLaunch]) ?? []),
    ).toEqual({
      team: false,
      stage: true,
      'aws:cloudformation:stack-name': true,
      'aws:cloudformation:stack-id': true,
      'aws:cloudformation:logical-id': true,
    });
    const { Reservations } = await given.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [group.Instances?.[0]?.InstanceId ?? ''] }),
    );
    expect(Reservations?.[0]?.Instances?.[0]?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'aws:cloudformation:stack-name', Value: 'demo' },
        { Key: 'stage', Value: 'test' },
      ]),
    );
  });

  it('changes in place, and properties that are taken out fall back', async () => {
    const given = await withStacks();
    const hook = {
      LifecycleHookName: 'drain',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    };
    const stack = await given.deploy(
      aTemplate(given, {
        NewInstancesProtectedFromScaleIn: true,
        LifecycleHookSpecificationList: [hook],
        MinSize: '0',
        DesiredCapacity: '0',
      }),
    );
    const name = output(stack, 'Name');
    const updated = await given.update(
      aTemplate(given, {
        Cooldown: undefined,
        Tags: [],
        MinSize: '0',
        DesiredCapacity: '0',
        MaxSize: '3',
      }),
    );

    expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
    const group = await given.group(name);
    expect(group).toMatchObject({
      MaxSize: 3,
      DefaultCooldown: 300,
      NewInstancesProtectedFromScaleIn: false,
    });
    expect(group.Tags?.map(({ Key }) => Key)).not.toContain('team');
    const { LifecycleHooks } = await given.scaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: name }),
    );
    expect(LifecycleHooks).toEqual([]);
  });

  it('takes hooks as resources of their own', async () => {
    const given = await withStacks();
    const stack = await given.deploy(
      aTemplate(
        given,
        { MinSize: '0', DesiredCapacity: '0' },
        {
          Hook: {
            Type: 'AWS::AutoScaling::LifecycleHook',
            Properties: {
              AutoScalingGroupName: { Ref: 'Group' },
              LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
              HeartbeatTimeout: '60',
            },
          },
        },
      ),
    );
    const AutoScalingGroupName = output(stack, 'Name');
    const hooks = async () => {
      const { LifecycleHooks } = await given.scaling.send(
        new DescribeLifecycleHooksCommand({ AutoScalingGroupName }),
      );
      return LifecycleHooks;
    };
    expect(await hooks()).toMatchObject([
      { LifecycleHookName: expect.stringMatching(/^demo-Hook-/), HeartbeatTimeout: 60 },
    ]);

    await given.update(aTemplate(given, { MinSize: '0', DesiredCapacity: '0' }));
    expect(await hooks()).toEqual([]);
  });

  it('loses its instances before it is deleted', async () => {
    const given = await withStacks();
    const stack = await given.deploy(aTemplate(given));
    await given.settle(output(stack, 'Name'));
    await given.cfn.send(new DeleteStackCommand({ StackName }));
    const gone = await given.settleStack(stack.StackId ?? '');

    expect(gone.StackStatus).toBe('DELETE_COMPLETE');
    await expect(given.group(output(stack, 'Name'))).rejects.toThrow('no group');
  });

  it('cannot be deleted while a protected instance stays', async () => {
    const given = await withStacks();
    const stack = await given.deploy(aTemplate(given));
    const AutoScalingGroupName = output(stack, 'Name');
    const { Instances = [] } = await given.settle(AutoScalingGroupName);
    await given.scaling.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName,
        InstanceIds: Instances.map(({ InstanceId }) => InstanceId ?? ''),
        ProtectedFromScaleIn: true,
      }),
    );
    await given.cfn.send(new DeleteStackCommand({ StackName }));
    const left = await given.settleStack(stack.StackId ?? '', 90 * minutes);

    expect(left.StackStatus).toBe('DELETE_FAILED');
  });

  it.each([
    ['a property that is not modelled', { TargetGroupARNs: [] }, 'TargetGroupARNs'],
    ['a tag without PropagateAtLaunch', { Tags: [{ Key: 'a', Value: 'b' }] }, 'PropagateAtLaunch'],
    ['subnets as text', { VPCZoneIdentifier: 'subnet-1' }, 'expected type: JSONArray'],
  ])('is refused with %s', async (_, group, reason) => {
    const given = await withStacks();
    const stack = await given.deploy(aTemplate(given, group));

    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const reasons: (string | undefined)[] = [];
    const pages = paginateDescribeStackEvents({ client: given.cfn }, { StackName: stack.StackId });
    for await (const { StackEvents = [] } of pages)
      reasons.push(...StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason));
    expect(reasons).toContainEqual(expect.stringContaining(reason));
  });
});
