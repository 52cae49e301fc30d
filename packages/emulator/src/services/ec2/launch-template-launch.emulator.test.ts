import { describe, expect, it } from '@jest/globals';
import {
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type EbsBlockDevice,
  type Instance,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { keyPair, launch, launchFixture, template } from '../../../test/ec2-fixture.ts';
import { ssm } from '../ssm/operations.ts';
import { ec2 } from './operations.ts';

const setUp = () => launchFixture([ec2, ssm]);

const tagsOf = (instance: Instance): Record<string, string> =>
  Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

describe('a launch from a template', () => {
  it('takes what the request does not say from the version, and tells where it came from', async () => {
    const { client, imageId } = await setUp();
    await keyPair(client, 'ops');
    await keyPair(client, 'other');
    const id = await template(client, {
      ImageId: imageId,
      InstanceType: 't3.micro',
      KeyName: 'ops',
      EbsOptimized: true,
      Monitoring: { Enabled: true },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3 },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvdb', Ebs: { VolumeSize: 8 } }],
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: [
            { Key: 'team', Value: 'a' },
            { Key: 'stage', Value: 'test' },
          ],
        },
      ],
    });
    await client.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        SourceVersion: '1',
        LaunchTemplateData: { InstanceType: 't3.large' },
      }),
    );
    const instance = await launch(client, {
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '$Latest' },
      KeyName: 'other',
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'stage', Value: 'prod' }] }],
    });
    expect(instance).toMatchObject({
      ImageId: imageId,
      InstanceType: 't3.large',
      KeyName: 'other',
      EbsOptimized: true,
      Monitoring: { State: 'enabled' },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3 },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }, { DeviceName: '/dev/xvdb' }],
    });
    expect(tagsOf(instance)).toEqual({
      team: 'a',
      stage: 'prod',
      'aws:ec2launchtemplate:id': id,
      'aws:ec2launchtemplate:version': '2',
    });
    const byDefault = await launch(client, { LaunchTemplate: { LaunchTemplateId: id } });
    expect(tagsOf(byDefault)['aws:ec2launchtemplate:version']).toBe('1');
    const { Reservations } = await client.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'tag:aws:ec2launchtemplate:id', Values: [id] },
          { Name: 'tag:stage', Values: ['prod'] },
        ],
      }),
    );
    expect(Reservations?.flatMap(({ Instances = [] }) => Instances)).toMatchObject([
      { InstanceId: instance.InstanceId },
    ]);
  });

  it('refuses a template or version that is not there', async () => {
    const { client, imageId } = await setUp();
    const id = await template(client, { ImageId: imageId, InstanceType: 't3.micro' });
    const from = (LaunchTemplate: object) => launch(client, { LaunchTemplate });
    await expect(from({ LaunchTemplateId: id, Version: '2' })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateId.VersionNotFound',
    });
    await expect(from({ LaunchTemplateName: 'none' })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateName.NotFoundException',
    });
    await expect(from({ LaunchTemplateId: id, LaunchTemplateName: 'web' })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
  });

  it('is refused with what is not modelled, which the template keeps all the same', async () => {
    const { client, imageId } = await setUp();
    const id = await template(client, {
      ImageId: imageId,
      InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 1024 } },
    });
    await expect(
      launch(client, { LaunchTemplate: { LaunchTemplateId: id } }),
    ).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: expect.stringContaining('InstanceRequirements'),
    });
    const reserved = await template(
      client,
      {
        ImageId: imageId,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'aws:x', Value: '' }] }],
      },
      'reserved',
    );
    await expect(
      launch(client, { LaunchTemplate: { LaunchTemplateId: reserved } }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('refuses a placement, a second network interface and a missing metadata service', async () => {
    const { client, imageId } = await setUp();
    for (const more of [
      { Placement: { Tenancy: 'dedicated' as const } },
      { NetworkInterfaces: [{ DeviceIndex: 0 }, { DeviceIndex: 1 }] },
      { NetworkInterfaces: [{ DeviceIndex: 0, Ipv6AddressCount: 1 }] },
      { MetadataOptions: { HttpEndpoint: 'disabled' as const } },
    ])
      await expect(
        launch(client, { ImageId: imageId, InstanceType: 't3.micro', ...more }),
      ).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  it('shows a bad image only when it launches', async () => {
    const { client } = await setUp();
    const id = await template(client, { ImageId: 'ami-0123456789abcdef0' });
    await expect(
      launch(client, { LaunchTemplate: { LaunchTemplateId: id } }),
    ).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });

  it('puts its only network interface where the interface says', async () => {
    const { client, imageId } = await setUp();
    const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({}));
    const { Subnets } = await client.send(new DescribeSubnetsCommand({}));
    const SubnetId = Subnets?.at(-1)?.SubnetId ?? '';
    const group = SecurityGroups?.[0]?.GroupId ?? '';
    const id = await template(client, {
      ImageId: imageId,
      InstanceType: 't3.micro',
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId, Groups: [group], AssociatePublicIpAddress: true },
      ],
    });
    const LaunchTemplate = { LaunchTemplateId: id };
    expect(await launch(client, { LaunchTemplate })).toMatchObject({
      SubnetId,
      SecurityGroups: [{ GroupId: group }],
      PublicIpAddress: expect.stringContaining('203.0.113.'),
    });
    await expect(launch(client, { LaunchTemplate, SubnetId })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
  });

  it('reads the parameter that names the image with the right of the caller', async () => {
    const { given, client, imageId } = await setUp();
    await given
      .client(SSMClient)
      .send(new PutParameterCommand({ Name: 'image', Type: 'String', Value: imageId }));
    const id = await template(client, {
      ImageId: 'resolve:ssm:image:1',
      InstanceType: 't3.micro',
    });
    const LaunchTemplate = { LaunchTemplateId: id };
    expect((await launch(client, { LaunchTemplate })).ImageId).toBe(imageId);
    for (const name of ['image:2', 'image:stable', 'none'])
      await expect(launch(client, { ImageId: `resolve:ssm:${name}` })).rejects.toMatchObject({
        name: 'InvalidParameterValue',
      });
    given.addUser('runner', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
    });
    given.addUser('other-images', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['ec2:*', 'ssm:GetParameters'], Resource: '*' },
        { Effect: 'Deny', Action: 'ec2:RunInstances', Resource: `arn:aws:ec2:*::image/${imageId}` },
      ],
    });
    for (const user of ['runner', 'other-images'])
      await expect(
        launch(given.client(EC2Client, { user }), { LaunchTemplate }),
      ).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });
});

describe('policies on launches from a template', () => {
  it('can bind callers to a template and to its resources', async () => {
    const { given, client, imageId } = await setUp();
    const { Subnets } = await client.send(new DescribeSubnetsCommand({}));
    const SubnetId = Subnets?.[0]?.SubnetId ?? '';
    const id = await template(client, { ImageId: imageId, InstanceType: 't3.micro' });
    const arn = `arn:aws:ec2:eu-west-1:111111111111:launch-template/${id}`;
    const other = await template(client, { ImageId: imageId, InstanceType: 't3.micro' }, 'other');
    given.addUser('bound', {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ec2:RunInstances',
          Resource: '*',
          Condition: {
            ArnEquals: { 'ec2:LaunchTemplate': arn },
            Bool: { 'ec2:IsLaunchTemplateResource': 'true' },
          },
        },
        {
          Effect: 'Allow',
          Action: 'ec2:RunInstances',
          Resource: ['arn:aws:ec2:*:*:subnet/*', 'arn:aws:ec2:*:*:security-group/*'],
        },
      ],
    });
    const bound = given.client(EC2Client, { user: 'bound' });
    const LaunchTemplate = { LaunchTemplateId: id };
    expect(await launch(bound, { LaunchTemplate, SubnetId })).toMatchObject({ SubnetId });
    for (const input of [
      { LaunchTemplate, ImageId: imageId },
      { LaunchTemplate, KeyName: 'mine' },
      { LaunchTemplate: { LaunchTemplateId: other } },
      { ImageId: imageId, InstanceType: 't3.micro' as const },
    ])
      await expect(launch(bound, input)).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });
});

describe('policies on what a launch makes', () => {
  it('see each volume with its size and encryption, and the metadata service as it will be', async () => {
    const { given, client, imageId } = await setUp();
    const deny = (Condition: object) => ({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
        { Effect: 'Deny', Action: 'ec2:RunInstances', Resource: '*', Condition },
      ],
    });
    given.addUser('encrypted', deny({ Bool: { 'ec2:Encrypted': 'false' } }));
    given.addUser('small', deny({ NumericGreaterThan: { 'ec2:VolumeSize': '50' } }));
    given.addUser('no-imds-v2', deny({ StringEquals: { 'ec2:MetadataHttpTokens': 'required' } }));
    const id = await template(client, { ImageId: imageId, InstanceType: 't3.micro' });
    const run = (user: string, Ebs?: EbsBlockDevice, more: object = {}) =>
      launch(given.client(EC2Client, { user }), {
        LaunchTemplate: { LaunchTemplateId: id },
        ...(Ebs === undefined ? {} : { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }] }),
        ...more,
      });
    const refused = { name: 'UnauthorizedOperation' };
    await expect(run('encrypted')).rejects.toMatchObject(refused);
    await run('encrypted', { Encrypted: true });
    await expect(run('small', { VolumeSize: 51 })).rejects.toMatchObject(refused);
    await run('small', { VolumeSize: 50 });
    await expect(run('no-imds-v2')).rejects.toMatchObject(refused);
    await run('no-imds-v2', undefined, { MetadataOptions: { HttpTokens: 'optional' } });
  });
});
