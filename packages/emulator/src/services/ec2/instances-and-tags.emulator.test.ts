import { describe, expect, it } from '@jest/globals';
import {
  CreateDefaultVpcCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DisableEbsEncryptionByDefaultCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  ResetEbsDefaultKmsKeyIdCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { minute, fixture, amazonImage } from '../../../test/images-fixture.ts';

describe('EBS defaults', () => {
  it('are off with the alias of the AWS managed key, per Region', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const state = async (region: string): Promise<unknown[]> => {
      const there = given.client(EC2Client, { region });
      const { EbsEncryptionByDefault } = await there.send(new GetEbsEncryptionByDefaultCommand({}));
      const { KmsKeyId } = await there.send(new GetEbsDefaultKmsKeyIdCommand({}));
      return [EbsEncryptionByDefault, KmsKeyId];
    };
    expect(await state('eu-west-1')).toEqual([false, 'alias/aws/ebs']);
    await client.send(new EnableEbsEncryptionByDefaultCommand({}));
    const key = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-4000-8000-000000000000';
    await client.send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: key }));
    expect(await state('eu-west-1')).toEqual([true, key]);
    expect(await state('us-east-1')).toEqual([false, 'alias/aws/ebs']);
    await client.send(new ResetEbsDefaultKmsKeyIdCommand({}));
    await client.send(new DisableEbsEncryptionByDefaultCommand({}));
    expect(await state('eu-west-1')).toEqual([false, 'alias/aws/ebs']);
  });
});

describe('instances', () => {
  it('come up, can be found by tag and go', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId } = await amazonImage(client);
    const run = (more: object = {}) =>
      client.send(
        new RunInstancesCommand({
          ImageId,
          InstanceType: 't3.micro',
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'x' }] }],
          ...more,
        }),
      );
    await expect(run()).rejects.toMatchObject({ name: 'VPCIdNotSpecified' });
    await client.send(new CreateDefaultVpcCommand({}));
    await expect(run({ InstanceType: 't4g.micro' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining("The architecture 'arm64' of the specified instance type"),
    });
    await expect(run({ IamInstanceProfile: { Name: 'none' } })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const { Instances } = await run({ ClientToken: 'same' });
    const InstanceIds = [Instances?.[0]?.InstanceId ?? ''];
    expect((await run({ ClientToken: 'same' })).Instances?.[0]?.InstanceId).toBe(InstanceIds[0]);
    expect(Instances?.[0]?.State?.Name).toBe('pending');
    const state = async () => {
      const { Reservations } = await client.send(
        new DescribeInstancesCommand({ Filters: [{ Name: 'tag:role', Values: ['x'] }] }),
      );
      return Reservations?.flatMap((item) => item.Instances?.map((one) => one.State?.Name));
    };
    await given.world.scheduler.runFor(minute);
    expect(await state()).toEqual(['running']);
    await client.send(new TerminateInstancesCommand({ InstanceIds }));
    expect(await state()).toEqual(['shutting-down']);
    await given.world.scheduler.runFor(2 * minute);
    expect(await state()).toEqual(['terminated']);
    await given.world.scheduler.runFor(60 * minute);
    expect(await state()).toEqual([]);
  });

  it('cannot be run without the right on each resource and on tags', async () => {
    const given = fixture();
    const admin = given.client(EC2Client);
    await admin.send(new CreateDefaultVpcCommand({}));
    const { ImageId } = await amazonImage(admin);
    given.addUser('runner', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:*' },
        {
          Effect: 'Allow',
          Action: 'ec2:CreateTags',
          Resource: '*',
          Condition: {
            StringEquals: { 'ec2:CreateAction': 'RunInstances', 'aws:RequestTag/a': '1' },
          },
        },
        {
          Effect: 'Deny',
          Action: 'ec2:RunInstances',
          Resource: '*',
          Condition: { StringEquals: { 'ec2:InstanceType': 't3.large' } },
        },
      ],
    });
    const run = (InstanceType: 't3.micro' | 't3.large', tag: string) =>
      given.client(EC2Client, { user: 'runner' }).send(
        new RunInstancesCommand({
          ImageId,
          InstanceType,
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: tag }] }],
        }),
      );
    await expect(run('t3.large', '1')).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await expect(run('t3.micro', '2')).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    expect((await run('t3.micro', '1')).Instances).toHaveLength(1);
  });
});

describe('references and tags', () => {
  it('has VPCs, subnets and security groups to refer to', async () => {
    const client = fixture().client(EC2Client);
    const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const VpcId = Vpc?.VpcId ?? '';
    const { Subnet } = await client.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1b' }),
    );
    const { GroupId = '' } = await client.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: 'build', Description: 'x' }),
    );
    const { Subnets } = await client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }),
    );
    expect(Subnets).toMatchObject([{ SubnetId: Subnet?.SubnetId, AvailabilityZone: 'eu-west-1b' }]);
    const { SecurityGroups } = await client.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
    );
    expect(SecurityGroups).toMatchObject([{ GroupName: 'build', VpcId }]);
    await expect(
      client.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] })),
    ).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
    await expect(
      client.send(new CreateSubnetCommand({ VpcId: 'vpc-0', CidrBlock: '10.0.1.0/24' })),
    ).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' });
  });

  it('names Regions and zones', async () => {
    const client = fixture().client(EC2Client);
    const { Regions = [] } = await client.send(new DescribeRegionsCommand({}));
    expect(Regions.map(({ RegionName }) => RegionName)).toContain('eu-west-1');
    const { AvailabilityZones } = await client.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
    ]);
  });

  it('sets, lists and removes tags, each account its own', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId = '' } = await amazonImage(client);
    const tag = (Key: string, Value: string) =>
      client.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key, Value }] }));
    for (const key of ['a', 'b', 'c']) await tag(key, '1');
    await expect(tag('aws:x', '1')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await client.send(
      new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'b', Value: '2' }] }),
    );
    await client.send(new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'c' }] }));
    const listed = async (user: string) => {
      const { Tags } = await given.client(EC2Client, { user }).send(new DescribeTagsCommand({}));
      return Tags?.map(({ Key }) => Key);
    };
    expect(await listed('admin')).toEqual(['a', 'b']);
    expect(await listed('member')).toEqual([]);
    await expect(
      client.send(
        new CreateTagsCommand({
          Resources: ['ami-0123456789abcdef0'],
          Tags: [{ Key: 'a', Value: '1' }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });
});
