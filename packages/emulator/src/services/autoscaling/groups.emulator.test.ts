import { describe, expect, it } from '@jest/globals';
import {
  DeleteAutoScalingGroupCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateDefaultVpcCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { minutes, scalingFixture, seconds } from '../../../test/scaling-fixture.ts';

describe('a new group', () => {
  it('launches as many instances as desired, spread over its zones, as the service-linked role', async () => {
    const given = await scalingFixture();

    const group = await given.startGroup('web');

    expect(group.Instances?.map(({ AvailabilityZone }) => AvailabilityZone).sort()).toEqual([
      'eu-west-1a',
      'eu-west-1b',
    ]);
    expect(group.Instances?.[0]).toMatchObject({
      LifecycleState: 'InService',
      HealthStatus: 'Healthy',
      InstanceType: 't3.micro',
      ProtectedFromScaleIn: false,
      LaunchTemplate: {
        LaunchTemplateId: given.templateId,
        LaunchTemplateName: given.templateName,
        Version: '1',
      },
    });
    const launches = given.world.journal.entries.filter(
      ({ name, by }) => name === 'RunInstances' && by?.includes('AWSServiceRoleForAutoScaling'),
    );
    expect(launches).toHaveLength(2);
    await expect(
      given
        .client(IAMClient)
        .send(new GetRoleCommand({ RoleName: 'AWSServiceRoleForAutoScaling' })),
    ).resolves.toHaveProperty('Role.Path', '/aws-service-role/autoscaling.amazonaws.com/');
  });

  it('is shown with the defaults of the API', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 0 });

    expect(await given.group('web')).toMatchObject({
      AutoScalingGroupARN: expect.stringMatching(
        /^arn:aws:autoscaling:eu-west-1:111111111111:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/web$/,
      ),
      MinSize: 0,
      MaxSize: 3,
      DesiredCapacity: 0,
      DefaultCooldown: 300,
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 0,
      AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
      VPCZoneIdentifier: given.subnetIds.join(','),
      TerminationPolicies: ['Default'],
      NewInstancesProtectedFromScaleIn: false,
      LaunchTemplate: {
        LaunchTemplateId: given.templateId,
        LaunchTemplateName: given.templateName,
        Version: '1',
      },
    });
  });

  it('tags its instances with its name and the tags that propagate', async () => {
    const given = await scalingFixture();
    const group = await given.startGroup('web', {
      Tags: [
        { Key: 'team', Value: 'shop', PropagateAtLaunch: true },
        { Key: 'owner', Value: 'me', PropagateAtLaunch: false },
      ],
    });

    const { Reservations = [] } = await given.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [group.Instances?.[0]?.InstanceId ?? ''] }),
    );
    const tags = Reservations[0]?.Instances?.[0]?.Tags ?? [];
    expect(tags).toEqual(
      expect.arrayContaining([
        { Key: 'aws:autoscaling:groupName', Value: 'web' },
        { Key: 'team', Value: 'shop' },
      ]),
    );
    expect(tags.map(({ Key }) => Key)).not.toContain('owner');
  });

  it.each([
    [
      'both ways to name a template',
      { LaunchTemplate: { LaunchTemplateId: 'lt-0', LaunchTemplateName: 'web' } },
      'Valid requests must contain either launchTemplateId or LaunchTemplateName',
    ],
    [
      'a template that does not exist',
      { LaunchTemplate: { LaunchTemplateName: 'none' } },
      'You must use a valid fully-formed launch template. The specified launch template, with template name none, does not exist.',
    ],
    [
      'a version that does not exist',
      { LaunchTemplate: { LaunchTemplateName: 'web', Version: '7' } },
      'You must use a valid fully-formed launch template. Could not find the specified version 7 for the launch template.',
    ],
    [
      'nothing to launch from',
      { LaunchTemplate: undefined },
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    ],
    [
      'a maximum below the minimum',
      { MinSize: 2, MaxSize: 1 },
      'Max bound, 1, must be greater than or equal to min bound, 2',
    ],
    [
      'a capacity out of bounds',
      { DesiredCapacity: 9 },
      'Desired capacity:9 must be between the specified min size:0 and max size:3',
    ],
    [
      'a subnet that does not exist',
      { VPCZoneIdentifier: 'subnet-0' },
      "The subnet ID 'subnet-0' does not exist",
    ],
    [
      'no place',
      { VPCZoneIdentifier: undefined },
      'At least one Availability Zone or VPC Subnet is required.',
    ],
    [
      'load balancers',
      { TargetGroupARNs: ['arn:x'] },
      'TargetGroupARNs is not modelled by this emulator',
    ],
    [
      'ELB health checks',
      { HealthCheckType: 'ELB' },
      'the health check type ELB is not modelled by this emulator',
    ],
  ])('is refused for %s', async (_, input, message) => {
    const given = await scalingFixture();

    await expect(given.createGroup('web', input)).rejects.toMatchObject({
      name: 'ValidationError',
      message,
    });
  });

  it('is refused when EC2 would not launch from its template', async () => {
    const given = await scalingFixture();
    const [wrongImage, wrongType] = [
      await given.addVersion({ ImageId: 'ami-00000000000000000' }),
      await given.addVersion({ InstanceType: 'm6g.large' }),
    ];
    const on = (Version: string) => ({
      LaunchTemplate: { LaunchTemplateId: given.templateId, Version },
    });

    await expect(given.createGroup('web', on(wrongImage))).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        "You must use a valid fully-formed launch template. The image id '[ami-00000000000000000]' does not exist",
    });
    await expect(given.createGroup('web', on(wrongType))).rejects.toThrow(/architecture/);
  });

  it('launches into the default VPC where it has zones only', async () => {
    const given = await scalingFixture();
    const zones = { VPCZoneIdentifier: undefined, AvailabilityZones: ['eu-west-1c'] };
    await expect(given.createGroup('web', zones)).rejects.toThrow('No default VPC for this user');

    await given.ec2.send(new CreateDefaultVpcCommand({}));
    const group = await given.startGroup('web', zones);

    expect(group.VPCZoneIdentifier).toBe('');
    expect(group.Instances?.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual([
      'eu-west-1c',
      'eu-west-1c',
    ]);
  });

  it('takes no name twice', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 0 });

    await expect(given.createGroup('web')).rejects.toMatchObject({ name: 'AlreadyExistsFault' });
    await expect(given.createGroup('a:b')).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('a change of numbers', () => {
  it('grows and shrinks the group, with activities that say why', async () => {
    const given = await scalingFixture();
    await given.startGroup('web', { DesiredCapacity: 1 });

    await given.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 3 }),
    );
    await given.settle('web');
    await given.scaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', MaxSize: 1 }),
    );
    const group = await given.settle('web');

    expect(group).toMatchObject({ DesiredCapacity: 1, MaxSize: 1 });
    const activities = await given.activities('web');
    expect(activities.map(({ StatusCode }) => StatusCode)).toEqual(Array(5).fill('Successful'));
    expect(activities[0]?.Cause).toMatch(
      /^At \S+Z a user request update of AutoScalingGroup constraints to min: 0, max: 1, desired: 1 changing the desired capacity from 3 to 1\. {2}At \S+Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 3 to 1\./,
    );
    expect(activities[4]).toMatchObject({
      Description: expect.stringMatching(/^Launching a new EC2 instance: i-/),
      Cause: expect.stringContaining(
        'a user request created an AutoScalingGroup changing the desired capacity from 0 to 1.',
      ),
      Details: expect.stringContaining('"Availability Zone":"eu-west-1'),
      Progress: 100,
    });
  });

  it('is refused out of the bounds of the group', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { MinSize: 1, DesiredCapacity: 1 });
    const set = (DesiredCapacity: number) =>
      given.scaling.send(
        new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity }),
      );

    await expect(set(4)).rejects.toThrow(
      'New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.',
    );
    await expect(set(0)).rejects.toThrow(
      'New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.',
    );
  });

  it('publishes launches and terminations as events', async () => {
    const given = await scalingFixture();
    const { AutoScalingGroupARN, Instances } = await given.startGroup('web', {
      DesiredCapacity: 1,
    });
    const id = Instances?.[0]?.InstanceId ?? '';
    await given.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 0 }),
    );
    await given.settle('web');

    const [launch] = given.events('EC2 Instance Launch Successful');
    expect(launch).toMatchObject({
      source: 'aws.autoscaling',
      resources: [AutoScalingGroupARN, `arn:aws:ec2:eu-west-1:111111111111:instance/${id}`],
      detail: {
        StatusCode: 'InProgress',
        StatusMessage: '',
        AutoScalingGroupName: 'web',
        EC2InstanceId: id,
        Description: `Launching a new EC2 instance: ${id}`,
        Details: { 'Availability Zone': 'eu-west-1a', 'Subnet ID': given.subnetIds[0] },
      },
    });
    expect(given.events('EC2 Instance Terminate Successful')).toMatchObject([
      { detail: { StatusCode: 'InProgress', EC2InstanceId: id } },
    ]);
  });
});

describe('deleting a group', () => {
  it('is refused while instances are there or are going', async () => {
    const given = await scalingFixture();
    await given.startGroup('web', { DesiredCapacity: 1 });
    const remove = () =>
      given.scaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web' }));

    await expect(remove()).rejects.toMatchObject({ name: 'ResourceInUseFault' });
    await given.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 0 }),
    );
    await given.world.scheduler.runFor(6 * seconds);
    await expect(remove()).rejects.toMatchObject({ name: 'ScalingActivityInProgressFault' });
    await given.settle('web');
    await remove();
    await expect(given.group('web')).rejects.toThrow('no group web');
  });

  it('takes the instances along when forced', async () => {
    const given = await scalingFixture();
    const { Instances = [] } = await given.startGroup('web');
    await given.scaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ForceDelete: true }),
    );

    await expect(
      given.scaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', MaxSize: 5 }),
      ),
    ).rejects.toThrow('The AutoScaling group may not be modified while it is pending delete');
    expect((await given.group('web')).Status).toBe('Delete in progress');
    await given.world.scheduler.runFor(5 * minutes);

    await expect(given.group('web')).rejects.toThrow('no group web');
    const { Reservations = [] } = await given.ec2.send(
      new DescribeInstancesCommand({
        InstanceIds: Instances.map(({ InstanceId }) => InstanceId ?? ''),
      }),
    );
    expect(Reservations.flatMap((one) => one.Instances?.map(({ State }) => State?.Name))).toEqual([
      'terminated',
      'terminated',
    ]);
  });
});
