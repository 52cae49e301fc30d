import type * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { instanceProfileRole } from '../iam/instance-profile-role.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { validationError } from './errors.ts';
import { autoScalingState, type LaunchConfiguration } from './state.ts';

const pageMax = 100; // API Reference, DescribeLaunchConfigurations, MaxRecords: default 50, maximum 100
const pageDefault = 50;

/** Source: EC2 Auto Scaling User Guide, "API permissions", required permissions from other APIs. */
const neededOfCaller = [
  'DescribeImages',
  'DescribeInstances',
  'DescribeInstanceAttribute',
  'DescribeKeyPairs',
  'DescribeSecurityGroups',
  'DescribeSpotInstanceRequests',
  'DescribeVpcClassicLink',
];

const arnOf = (call: Call, id: string, name: string): string =>
  call.arn(`launchConfiguration:${id}:launchConfigurationName/${name}`);

const checkNamed =
  (action: string) =>
  (input: { readonly LaunchConfigurationName?: string | undefined }, call: Call): AccessCheck => {
    const name = input.LaunchConfigurationName ?? '';
    const found = autoScalingState.in(call).launchConfigurations.get(name);
    return { action: `autoscaling:${action}`, resource: found?.arn ?? arnOf(call, '*', name) };
  };

const createLaunchConfiguration = operation<
  client.CreateLaunchConfigurationCommandInput,
  Partial<client.CreateLaunchConfigurationCommandOutput>
>({
  authorize: (input, call) => [
    {
      ...checkNamed('CreateLaunchConfiguration')(input, call),
      context: {
        'autoscaling:ImageId': input.ImageId,
        'autoscaling:InstanceType': input.InstanceType,
      },
    },
    ...neededOfCaller.map((action) => ({ action: `ec2:${action}`, resource: '*' })),
  ],
  run(input, call) {
    onlyModelled(
      input,
      [
        'LaunchConfigurationName',
        'ImageId',
        'InstanceType',
        'SecurityGroups',
        'IamInstanceProfile',
        'UserData',
        'KeyName',
      ],
      'ValidationError',
    );
    const { LaunchConfigurationName: name = '', ImageId, InstanceType } = input;
    const { launchConfigurations } = autoScalingState.in(call);
    if (launchConfigurations.has(name))
      throw new AwsError(
        'AlreadyExists',
        `Launch Configuration by this name already exists - A launch configuration already exists with the name ${name}`,
      );
    if (ImageId === undefined || InstanceType === undefined)
      throw validationError(
        'Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.',
      );
    requirePassable(call, input.IamInstanceProfile);
    launchConfigurations.set(name, {
      name,
      arn: arnOf(call, call.uuid('launch-configuration'), name),
      createdAt: call.date,
      imageId: ImageId,
      instanceType: InstanceType,
      securityGroupIds: input.SecurityGroups ?? [],
      instanceProfile: input.IamInstanceProfile,
      userData: input.UserData,
      keyName: input.KeyName,
    });
    return {};
  },
});

/** The profile's role is passed by whoever makes the configuration. Source: EC2 Auto Scaling User Guide, "IAM role for applications". */
function requirePassable(call: Call, profile: string | undefined): void {
  if (profile === undefined) return;
  const found = instanceProfileRole(
    call,
    profile.startsWith('arn:')
      ? { arn: profile, name: undefined }
      : { name: profile, arn: undefined },
  );
  if (found) call.require(passRoleCheck(call, found.role.arn, 'ec2.amazonaws.com'));
}

const describe = (configuration: LaunchConfiguration): client.LaunchConfiguration => ({
  LaunchConfigurationName: configuration.name,
  LaunchConfigurationARN: configuration.arn,
  ImageId: configuration.imageId,
  InstanceType: configuration.instanceType,
  KeyName: configuration.keyName ?? '',
  SecurityGroups: [...configuration.securityGroupIds],
  UserData: configuration.userData ?? '',
  IamInstanceProfile: configuration.instanceProfile,
  CreatedTime: configuration.createdAt,
  BlockDeviceMappings: [],
  EbsOptimized: false,
  InstanceMonitoring: { Enabled: true },
});

const describeLaunchConfigurations = operation<
  client.DescribeLaunchConfigurationsCommandInput,
  Partial<client.DescribeLaunchConfigurationsCommandOutput>
>({
  authorize: () => ({ action: 'autoscaling:DescribeLaunchConfigurations', resource: '*' }),
  run(input, call) {
    const asked = input.LaunchConfigurationNames ?? [];
    const found = [...autoScalingState.in(call).launchConfigurations.values()].filter(
      ({ name }) => asked.length === 0 || asked.includes(name),
    );
    const page = paginate(call, found, {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.MaxRecords ?? pageDefault,
      sizeMax: pageMax,
      invalidToken: 'InvalidNextToken',
    });
    return { LaunchConfigurations: page.items.map(describe), NextToken: page.nextToken };
  },
});

const deleteLaunchConfiguration = operation<
  client.DeleteLaunchConfigurationCommandInput,
  Partial<client.DeleteLaunchConfigurationCommandOutput>
>({
  authorize: checkNamed('DeleteLaunchConfiguration'),
  run(input, call) {
    const name = input.LaunchConfigurationName ?? '';
    const { groups, launchConfigurations } = autoScalingState.in(call);
    if (
      [...groups.values()].some(
        ({ source }) => source.kind === 'configuration' && source.name === name,
      )
    )
      throw new AwsError(
        'ResourceInUse',
        `Cannot delete launch configuration ${name} because it is attached to AutoScalingGroup`,
      );
    if (!launchConfigurations.delete(name))
      throw validationError(
        `Launch configuration name not found - Launch configuration ${name} not found`,
      );
    return {};
  },
});

export const launchConfigurationOperations: Readonly<Record<string, Operation>> = {
  CreateLaunchConfiguration: createLaunchConfiguration,
  DeleteLaunchConfiguration: deleteLaunchConfiguration,
  DescribeLaunchConfigurations: describeLaunchConfigurations,
};
