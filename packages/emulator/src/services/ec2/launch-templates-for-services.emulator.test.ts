import { describe, expect, it } from '@jest/globals';
import {
  CreateDefaultVpcCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { accountFixture } from '../../../test/account-fixture.ts';
import { amazonImage, launch, launchFixture, template } from '../../../test/ec2-fixture.ts';
import type { ServiceFixture } from '../../../test/world-fixture.ts';
import { Call } from '../../world/call.ts';
import { iam } from '../iam/operations.ts';
import { serviceLinkedRole } from '../iam/service-session.ts';
import {
  findTemplate,
  launchChecks,
  resolveVersion,
  templateData,
} from './launch-templates-for-services.ts';
import { ec2 } from './operations.ts';

const setUp = () => launchFixture([ec2]);

describe('what other services use of launch templates', () => {
  const callOf = (given: ServiceFixture, user: string, policy: object): Call =>
    new Call({
      world: given.world,
      account: given.account,
      region: 'eu-west-1',
      service: 'ec2',
      caller: given.addUser(user, policy),
      requestId: '',
      operationName: 'CreateAutoScalingGroup',
      via: [],
    });
  const allow = (...actions: string[]): object => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: actions, Resource: '*' },
  });

  it('finds templates, versions and data', async () => {
    const { given, client, imageId } = await setUp();
    const id = await template(client, { ImageId: imageId });
    const call = callOf(given, 'nobody', allow('sts:GetCallerIdentity'));
    const found = findTemplate(call, { name: 'web' });
    expect(found).toBe(findTemplate(call, { id }));
    expect(findTemplate(call, { name: 'none' })).toBeUndefined();
    if (!found) throw new Error('no template');
    expect(['$Latest', '$Default', '1'].map((text) => resolveVersion(call, found, text))).toEqual([
      1, 1, 1,
    ]);
    expect(() => resolveVersion(call, found, '2')).toThrow(
      expect.objectContaining({ code: 'InvalidLaunchTemplateId.VersionNotFound' }),
    );
    expect(templateData(call, { LaunchTemplateId: id, Version: '1' })).toEqual({
      ImageId: imageId,
    });
  });

  it('checks of the caller what a launch would check', async () => {
    const { given, client, imageId } = await setUp();
    const id = await template(client, {
      ImageId: imageId,
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    const refused = (user: string, policy: object): string[] => {
      const call = callOf(given, user, policy);
      const checks = launchChecks(call, { LaunchTemplateId: id }, { InstanceType: 't3.micro' });
      return [
        ...new Set(checks.filter((check) => !call.allows(check)).map(({ action }) => action)),
      ];
    };
    expect(refused('nobody', allow('autoscaling:*'))).toEqual([
      'ec2:RunInstances',
      'ec2:CreateTags',
    ]);
    expect(refused('no-tags', allow('ec2:RunInstances'))).toEqual(['ec2:CreateTags']);
    expect(
      refused('tags-of-launches', {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'ec2:RunInstances', Resource: '*' },
          {
            Effect: 'Allow',
            Action: 'ec2:CreateTags',
            Resource: '*',
            Condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
          },
        ],
      }),
    ).toEqual([]);
    expect(
      refused('other-types', {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
          {
            Effect: 'Deny',
            Action: 'ec2:RunInstances',
            Resource: 'arn:aws:ec2:*:*:instance/*',
            Condition: { StringEquals: { 'ec2:InstanceType': 't3.micro' } },
          },
        ],
      }),
    ).toEqual(['ec2:RunInstances']);
  });
});

describe('a template whose image is in a parameter', () => {
  it('is checked for every image, instance and volume when it is handed to a service', async () => {
    const { given, client } = await setUp();
    const id = await template(client, { ImageId: 'resolve:ssm:image', InstanceType: 't3.micro' });
    const call = new Call({
      world: given.world,
      account: given.account,
      region: 'eu-west-1',
      service: 'autoscaling',
      caller: given.admin,
      requestId: '',
      operationName: 'CreateAutoScalingGroup',
      via: [],
    });
    expect(launchChecks(call, { LaunchTemplateId: id }).map(({ resource }) => resource)).toEqual(
      expect.arrayContaining([
        'arn:aws:ec2:eu-west-1::image/*',
        'arn:aws:ec2:eu-west-1:111111111111:instance/*',
        'arn:aws:ec2:eu-west-1:111111111111:volume/*',
        `arn:aws:ec2:eu-west-1:111111111111:launch-template/${id}`,
      ]),
    );
  });
});

describe('a launch by a service-linked role', () => {
  it('sets tags that only AWS sets, puts the interface into its subnet and needs the profile passed', async () => {
    const given = accountFixture([iam, ec2]);
    const client = given.client(EC2Client);
    const roles = given.client(IAMClient);
    await client.send(new CreateDefaultVpcCommand({}));
    await roles.send(
      new CreateRoleCommand({
        RoleName: 'web',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ec2.amazonaws.com' },
          },
        }),
      }),
    );
    await roles.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
    await roles.send(
      new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'web' }),
    );
    await given.world.scheduler.runFor(60_000);
    const { Subnets } = await client.send(new DescribeSubnetsCommand({}));
    const SubnetId = Subnets?.at(-1)?.SubnetId ?? '';
    const id = await template(client, {
      ImageId: (await amazonImage(client)).ImageId,
      InstanceType: 't3.micro',
      IamInstanceProfile: { Name: 'web' },
      NetworkInterfaces: [{ DeviceIndex: 0 }],
    });
    const input = {
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateId: id },
      TagSpecifications: [
        {
          ResourceType: 'instance' as const,
          Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }],
        },
      ],
    };
    await expect(launch(client, input)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const scope = given.deployment('x').at({ service: 'autoscaling' });
    const as = serviceLinkedRole(scope, 'autoscaling.amazonaws.com', { create: true });
    const { Instances } = await scope.send(new RunInstancesCommand({ ...input, SubnetId }), { as });
    expect(Instances).toMatchObject([
      {
        SubnetId,
        IamInstanceProfile: { Arn: 'arn:aws:iam::111111111111:instance-profile/web' },
        Tags: expect.arrayContaining([{ Key: 'aws:autoscaling:groupName', Value: 'web' }]),
      },
    ]);
    const reserved = await template(
      client,
      {
        InstanceType: 't3.micro',
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'aws:x', Value: '' }] }],
      },
      'reserved',
    );
    await expect(
      scope.send(
        new RunInstancesCommand({ ...input, LaunchTemplate: { LaunchTemplateId: reserved } }),
        { as },
      ),
    ).rejects.toMatchObject({ code: 'InvalidParameterValue' });
    const call = new Call({
      world: given.world,
      account: scope.account,
      region: scope.region,
      service: 'autoscaling',
      caller: as,
      requestId: '',
      operationName: 'CreateAutoScalingGroup',
      via: [],
    });
    expect(launchChecks(call, { LaunchTemplateId: id })).toContainEqual(
      expect.objectContaining({
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::111111111111:role/web',
        context: expect.objectContaining({ 'iam:PassedToService': 'ec2.amazonaws.com' }),
      }),
    );
  });
});
