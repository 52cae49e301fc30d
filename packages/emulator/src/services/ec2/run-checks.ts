import type * as client from '@aws-sdk/client-ec2';
import type { ContextValue } from '../../iam/condition-context.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { instanceProfileRole } from '../iam/instance-profile-role.ts';
import { ec2Arn, imageArn } from './arns.ts';
import { isParameterImage } from './image-parameter.ts';
import { findImage, isPublic } from './images.ts';
import { volumesOf } from './launch-devices.ts';
import { mergeTemplate, templateArn, type MergedLaunch } from './launch-template-launch.ts';
import { ec2State, type Image } from './state.ts';
import { creationTagChecks, requestTagContext, resourceTagContext, specifiedTags } from './tags.ts';

type Context = Readonly<Record<string, ContextValue | undefined>>;
type Input = client.RunInstancesCommandInput;

/**
 * What RunInstances needs: the action on everything that it uses and makes, the launch template included, and
 * CreateTags for what it tags. What depends on an image that a parameter names is checked once it is known
 * ({@link imageLaunchChecks}).
 *
 * Source: Service Authorization Reference, EC2, RunInstances, scenario EC2-VPC-EBS-Subnet.
 * @throws AwsError for a launch template or version that does not exist
 */
export function runChecks(call: Call, input: Input): AccessCheck[] {
  const merged = mergeTemplate(call, input);
  const launch = merged.input;
  const check = checkOf(call, input, merged);
  const [networkInterface] = launch.NetworkInterfaces ?? [];
  const subnetId = launch.SubnetId ?? networkInterface?.SubnetId;
  const subnet = ec2State.in(call).subnets.get(subnetId ?? '');
  const vpc = subnet && ec2Arn(call, 'vpc', subnet.vpcId);
  const groups = launch.SecurityGroupIds ?? networkInterface?.Groups ?? ['*'];
  return [
    ...(isParameterImage(launch.ImageId)
      ? []
      : imageLaunchChecks(call, input, { ...merged, imageId: launch.ImageId ?? '' })),
    check('network-interface', ec2Arn(call, 'network-interface', '*'), {
      'ec2:AvailabilityZone': subnet?.availabilityZone,
      'ec2:Subnet': subnet && ec2Arn(call, 'subnet', subnet.id),
      'ec2:Vpc': vpc,
      'ec2:AssociatePublicIpAddress': networkInterface?.AssociatePublicIpAddress,
    }),
    check('subnet', ec2Arn(call, 'subnet', subnetId ?? '*'), {
      'ec2:AvailabilityZone': subnet?.availabilityZone,
      'ec2:SubnetID': subnet?.id,
      'ec2:Vpc': vpc,
      ...resourceTagContext(call, subnetId ?? ''),
    }),
    ...groups.map((id) =>
      check('security-group', ec2Arn(call, 'security-group', id), {
        'ec2:Vpc': vpc,
        ...resourceTagContext(call, id),
      }),
    ),
    ...(launch.KeyName === undefined
      ? []
      : [
          check('key-pair', ec2Arn(call, 'key-pair', launch.KeyName), {
            'ec2:KeyPairName': launch.KeyName,
          }),
        ]),
    ...(merged.template
      ? [
          check(
            'launch-template',
            templateArn(call, merged.template),
            resourceTagContext(call, merged.template.id),
          ),
        ]
      : []),
    ...creationTagChecks(
      call,
      [
        {
          resource: ec2Arn(call, 'instance', '*'),
          tags: specifiedTags(launch.TagSpecifications, 'instance'),
        },
        {
          resource: ec2Arn(call, 'volume', '*'),
          tags: specifiedTags(launch.TagSpecifications, 'volume'),
        },
      ],
      'RunInstances',
    ),
  ];
}

/** The checks of a launch that depend on its image: of the image itself, of the instance and of each volume. */
export function imageLaunchChecks(
  call: Call,
  own: Input,
  merged: MergedLaunch & { readonly imageId: string },
): AccessCheck[] {
  const { input, imageId } = merged;
  const image = findImage(call, imageId);
  const check = checkOf(call, own, merged);
  const volumes = volumesOf(call, image, input.BlockDeviceMappings ?? []);
  const volumeTags = requestTagContext(specifiedTags(input.TagSpecifications, 'volume'));
  return [
    check('image', imageArn(call, imageId), {
      'ec2:ImageID': imageId,
      'ec2:ImageType': 'machine',
      'ec2:Owner': image?.ownerAlias ?? image?.owner,
      'ec2:Public': image && isPublic(image),
      'ec2:RootDeviceType': 'ebs',
      ...resourceTagContext(call, imageId),
    }),
    check('instance', ec2Arn(call, 'instance', '*'), {
      ...instanceContext(call, input, image),
      ...requestTagContext(specifiedTags(input.TagSpecifications, 'instance')),
    }),
    ...(volumes.length > 0 ? volumes : [undefined]).map((volume) =>
      check('volume', ec2Arn(call, 'volume', '*'), {
        'ec2:Encrypted': volume?.encrypted,
        'ec2:KmsKeyId': volume?.kmsKeyId,
        'ec2:VolumeSize': volume?.volumeSize,
        'ec2:VolumeType': volume?.volumeType,
        ...volumeTags,
      }),
    ),
  ];
}

function instanceContext(call: Call, input: Input, image: Image | undefined): Context {
  const { Name: name, Arn: arn } = input.IamInstanceProfile ?? {};
  const profile = instanceProfileRole(call, { name, arn })?.profile.arn;
  return {
    'ec2:EbsOptimized': input.EbsOptimized === true,
    'ec2:InstanceMarketType': 'on-demand',
    'ec2:InstanceProfile': arn ?? profile,
    'ec2:MetadataHttpEndpoint': 'enabled',
    'ec2:MetadataHttpTokens': httpTokensOf(input, image),
    'ec2:MetadataHttpPutResponseHopLimit': hopLimitOf(input, image),
    'ec2:RootDeviceType': 'ebs',
    'ec2:Tenancy': 'default',
  };
}

/** What the request says about the metadata service, else what the image says. */
export const httpTokensOf = (input: Input, image: Image | undefined): 'required' | 'optional' =>
  input.MetadataOptions?.HttpTokens ?? (image?.imdsV2Only === true ? 'required' : 'optional');

export const hopLimitOf = (input: Input, image: Image | undefined): number =>
  input.MetadataOptions?.HttpPutResponseHopLimit ?? (image?.imdsV2Only === true ? 2 : 1);

const checkOf =
  (call: Call, own: Input, merged: MergedLaunch) =>
  (type: ResourceType, resource: string, context: Context = {}): AccessCheck => ({
    action: 'ec2:RunInstances',
    resource,
    resourceAccount: call.account,
    context: {
      'ec2:Region': call.region,
      'ec2:InstanceType': merged.input.InstanceType,
      'ec2:LaunchTemplate': merged.template && templateArn(call, merged.template),
      'ec2:IsLaunchTemplateResource':
        merged.template !== undefined && isFromTemplate(type, own, merged),
      ...context,
    },
  });

type ResourceType =
  | 'image'
  | 'instance'
  | 'key-pair'
  | 'launch-template'
  | 'network-interface'
  | 'security-group'
  | 'subnet'
  | 'volume';

/**
 * Whether a resource of the launch is one that its template names, and not one that the request puts in its place.
 *
 * Source: EC2 User Guide, "Control access to launch templates with IAM permissions": the key keeps callers from
 * overriding the template's resources. What the launch makes counts as the template's unless the request says how
 * to make it.
 */
function isFromTemplate(type: ResourceType, own: Input, { version }: MergedLaunch): boolean {
  const data = version?.data;
  const [networkInterface] = data?.NetworkInterfaces ?? [];
  switch (type) {
    case 'image':
      return own.ImageId === undefined && data?.ImageId !== undefined;
    case 'key-pair':
      return own.KeyName === undefined && data?.KeyName !== undefined;
    case 'security-group':
      return (
        own.SecurityGroupIds === undefined &&
        own.NetworkInterfaces === undefined &&
        (data?.SecurityGroupIds ?? networkInterface?.Groups) !== undefined
      );
    case 'subnet':
      return (
        own.SubnetId === undefined &&
        own.NetworkInterfaces === undefined &&
        networkInterface?.SubnetId !== undefined
      );
    case 'network-interface':
      return own.NetworkInterfaces === undefined;
    case 'volume':
      return own.BlockDeviceMappings === undefined;
    case 'instance':
    case 'launch-template':
      return true;
  }
}
