import type * as client from '@aws-sdk/client-ec2';
import type { ContextValue } from '../../iam/condition-context.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { ec2Arn, imageArn } from './arns.ts';
import { findImage, isPublic } from './images.ts';
import { creationTagChecks, requestTagContext, resourceTagContext, specifiedTags } from './tags.ts';

/**
 * What RunInstances needs: the action on everything that it uses and makes, and CreateTags for what it tags.
 *
 * Source: Service Authorization Reference, EC2, RunInstances, scenario EC2-VPC-EBS-Subnet.
 */
export function runChecks(call: Call, input: client.RunInstancesCommandInput): AccessCheck[] {
  const instanceTags = specifiedTags(input.TagSpecifications, 'instance');
  const volumeTags = specifiedTags(input.TagSpecifications, 'volume');
  const image = findImage(call, input.ImageId ?? '');
  const check = (
    resource: string,
    context: Readonly<Record<string, ContextValue | undefined>> = {},
  ): AccessCheck => ({
    action: 'ec2:RunInstances',
    resource,
    resourceAccount: call.account,
    context: {
      'ec2:Region': call.region,
      'ec2:InstanceType': input.InstanceType,
      'ec2:IsLaunchTemplateResource': false,
      ...context,
    },
  });
  return [
    check(imageArn(call, input.ImageId ?? ''), {
      'ec2:ImageID': input.ImageId,
      'ec2:Owner': image?.ownerAlias ?? image?.owner,
      'ec2:Public': image && isPublic(image),
      ...resourceTagContext(call, input.ImageId ?? ''),
    }),
    check(ec2Arn(call, 'instance', '*'), {
      'ec2:InstanceProfile': input.IamInstanceProfile?.Arn,
      'ec2:MetadataHttpTokens': input.MetadataOptions?.HttpTokens,
      'ec2:MetadataHttpPutResponseHopLimit': input.MetadataOptions?.HttpPutResponseHopLimit,
      ...requestTagContext(instanceTags),
    }),
    check(ec2Arn(call, 'network-interface', '*')),
    check(ec2Arn(call, 'volume', '*'), requestTagContext(volumeTags)),
    check(
      ec2Arn(call, 'subnet', input.SubnetId ?? '*'),
      resourceTagContext(call, input.SubnetId ?? ''),
    ),
    ...(input.SecurityGroupIds ?? ['*']).map((id) =>
      check(ec2Arn(call, 'security-group', id), resourceTagContext(call, id)),
    ),
    ...(input.KeyName === undefined ? [] : [check(ec2Arn(call, 'key-pair', input.KeyName))]),
    ...creationTagChecks(call, [
      { resource: ec2Arn(call, 'instance', '*'), tags: instanceTags },
      { resource: ec2Arn(call, 'volume', '*'), tags: volumeTags },
    ]),
  ];
}
