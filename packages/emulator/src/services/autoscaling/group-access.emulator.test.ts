import { describe, expect, it } from '@jest/globals';
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import {
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { scalingFixture, type ScalingFixture } from '../../../test/scaling-fixture.ts';

type Statement = Readonly<Record<string, unknown>>;

const allow = (Action: string | readonly string[], more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});

/** A client of a user who may do what the statements say. */
async function asUser(
  given: ScalingFixture,
  statements: readonly Statement[],
): Promise<AutoScalingClient> {
  const iam = given.client(IAMClient);
  const UserName = `user-${given.world.journal.entries.length}`;
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  await given.spread();
  return given.client(AutoScalingClient, {
    as: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      sessionToken: undefined,
    },
  });
}

const create = (
  given: ScalingFixture,
  client: AutoScalingClient,
  input: Partial<CreateAutoScalingGroupCommandInput> = {},
) =>
  client.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'web',
      MinSize: 0,
      MaxSize: 1,
      VPCZoneIdentifier: given.subnetIds[0],
      LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '1' },
      ...input,
    }),
  );

const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
const linkedRole = allow('iam:CreateServiceLinkedRole');

describe('who creates a group', () => {
  it('must be allowed to launch from its template', async () => {
    const given = await scalingFixture();
    const without = await asUser(given, [allow('autoscaling:*'), linkedRole]);
    const elsewhere = await asUser(given, [
      allow('autoscaling:*'),
      linkedRole,
      allow('ec2:RunInstances'),
      {
        Effect: 'Deny',
        Action: 'ec2:RunInstances',
        Resource: `arn:aws:ec2:eu-west-1:111111111111:subnet/${given.subnetIds[0]}`,
      },
    ]);
    const withAll = await asUser(given, [allow(['autoscaling:*', 'ec2:RunInstances']), linkedRole]);

    await expect(create(given, without)).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('ec2:RunInstances'),
    });
    await expect(create(given, elsewhere)).rejects.toMatchObject(denied);
    await expect(create(given, withAll)).resolves.toBeDefined();
  });

  it('must be allowed to pass the role of its instances', async () => {
    const given = await scalingFixture();
    const iam = given.client(IAMClient);
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'node',
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
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'node' }));
    await iam.send(
      new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'node', RoleName: 'node' }),
    );
    const Version = await given.addVersion({ IamInstanceProfile: { Name: 'node' } });
    const input = { LaunchTemplate: { LaunchTemplateId: given.templateId, Version } };
    const launcher = [allow(['autoscaling:*', 'ec2:RunInstances']), linkedRole];
    const without = await asUser(given, launcher);
    const withPass = await asUser(given, [
      ...launcher,
      allow('iam:PassRole', {
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      }),
    ]);

    await expect(create(given, without, input)).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('iam:PassRole'),
    });
    await expect(create(given, withPass, input)).resolves.toBeDefined();
  });

  it('needs iam:CreateServiceLinkedRole for the first group of the account only', async () => {
    const given = await scalingFixture();
    const user = await asUser(given, [allow(['autoscaling:*', 'ec2:RunInstances'])]);

    await expect(create(given, user)).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('iam:CreateServiceLinkedRole'),
    });
    await given.createGroup('other', { DesiredCapacity: 0 });
    await expect(create(given, user)).resolves.toBeDefined();
  });

  it('can be held to tags and to numbered versions', async () => {
    const given = await scalingFixture();
    const user = await asUser(given, [
      allow(['ec2:RunInstances', 'iam:CreateServiceLinkedRole']),
      allow('autoscaling:CreateAutoScalingGroup', {
        Condition: {
          StringEquals: { 'aws:RequestTag/team': 'shop', 'autoscaling:ResourceTag/team': 'shop' },
          Bool: { 'autoscaling:LaunchTemplateVersionSpecified': 'true' },
          NumericLessThanEquals: { 'autoscaling:MaxSize': '2' },
        },
      }),
    ]);
    const Tags = [{ Key: 'team', Value: 'shop' }];
    const latest = { LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '$Latest' } };

    await expect(create(given, user)).rejects.toMatchObject(denied);
    await expect(create(given, user, { Tags, ...latest })).rejects.toMatchObject(denied);
    await expect(create(given, user, { Tags, MaxSize: 3 })).rejects.toMatchObject(denied);
    await expect(create(given, user, { Tags })).resolves.toBeDefined();
  });
});

describe('who changes a group', () => {
  const byTag = { Condition: { StringEquals: { 'aws:ResourceTag/team': 'shop' } } };

  it('can be held to its tags', async () => {
    const given = await scalingFixture();
    const user = await asUser(given, [allow('autoscaling:SetDesiredCapacity', byTag)]);
    await given.createGroup('mine', { Tags: [{ Key: 'team', Value: 'shop' }] });
    await given.createGroup('other', { Tags: [{ Key: 'team', Value: 'bank' }] });
    const set = (AutoScalingGroupName: string) =>
      user.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 1 }));

    await expect(set('mine')).resolves.toBeDefined();
    await expect(set('other')).rejects.toMatchObject(denied);
    await expect(set('none')).rejects.toMatchObject(denied);
  });

  it('is checked on the group of an instance', async () => {
    const given = await scalingFixture();
    const user = await asUser(given, [
      allow('autoscaling:TerminateInstanceInAutoScalingGroup', byTag),
    ]);
    const { Instances } = await given.startGroup('other', { DesiredCapacity: 1 });

    await expect(
      user.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: Instances?.[0]?.InstanceId,
          ShouldDecrementDesiredCapacity: false,
        }),
      ),
    ).rejects.toMatchObject(denied);
  });

  it('must be allowed to launch from a template only when it sets one', async () => {
    const given = await scalingFixture();
    const user = await asUser(given, [allow('autoscaling:UpdateAutoScalingGroup')]);
    await given.createGroup('web', { DesiredCapacity: 0 });
    const update = (input: object) =>
      user.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ...input }));

    await expect(update({ MaxSize: 2 })).resolves.toBeDefined();
    await expect(
      update({ LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '1' } }),
    ).rejects.toMatchObject(denied);
  });

  it('can be held to the keys of tags', async () => {
    const given = await scalingFixture();
    const user = await asUser(given, [
      allow('autoscaling:CreateOrUpdateTags', {
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } },
      }),
    ]);
    await given.createGroup('web', { DesiredCapacity: 0 });
    const tag = (Key: string) =>
      user.send(
        new CreateOrUpdateTagsCommand({
          Tags: [{ ResourceId: 'web', ResourceType: 'auto-scaling-group', Key, Value: '1' }],
        }),
      );

    await expect(tag('team')).resolves.toBeDefined();
    await expect(tag('owner')).rejects.toMatchObject(denied);
  });
});

it('describing groups has no resource-level permission', async () => {
  const given = await scalingFixture();
  const user = await asUser(given, [
    allow('autoscaling:DescribeAutoScalingGroups', {
      Resource: 'arn:aws:autoscaling:eu-west-1:111111111111:autoScalingGroup:*',
    }),
  ]);

  await expect(user.send(new DescribeAutoScalingGroupsCommand({}))).rejects.toMatchObject(denied);
});
