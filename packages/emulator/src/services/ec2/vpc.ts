import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import { describeSubnet, describeVpc } from './describe-vpc.ts';
import {
  invalidValue,
  missingParameter,
  notFound,
  refuseDryRun,
  refuseUnmodelled,
} from './errors.ts';
import { zonesOf } from './regions.ts';
import { ec2State, type SecurityGroup, type Subnet, type Vpc } from './state.ts';
import {
  checkSpecifications,
  creationTagChecks,
  describeTags,
  requestTagContext,
  setTags,
  specifiedTags,
} from './tags.ts';

// References only: subnets and security groups exist so that templates can name them; nothing is routed or filtered.

const defaultVpcCidr = '172.31.0.0/16'; // VPC User Guide, "Default VPCs"

const createCheck =
  (action: string, type: string, within?: (input: { VpcId?: string | undefined }) => string) =>
  (
    input: {
      VpcId?: string | undefined;
      TagSpecifications?: client.TagSpecification[] | undefined;
    },
    call: Call,
  ): AccessCheck[] => {
    const tags = specifiedTags(input.TagSpecifications, type);
    const resource = ec2Arn(call, type, '*');
    const context = { 'ec2:Region': call.region };
    const vpc = within?.(input);
    return [
      { action: `ec2:${action}`, resource, context: { ...context, ...requestTagContext(tags) } },
      ...(vpc === undefined
        ? []
        : [{ action: `ec2:${action}`, resource: ec2Arn(call, 'vpc', vpc), context }]),
      ...creationTagChecks(call, [{ resource, tags }]),
    ];
  };

function addVpc(scope: Scope, vpc: Omit<Vpc, 'id'>): Vpc {
  const created = { id: scope.newId('vpc'), ...vpc };
  ec2State.in(scope).vpcs.set(created.id, created);
  addSecurityGroup(scope, {
    vpcId: created.id,
    name: 'default',
    description: 'default VPC security group',
  });
  return created;
}

function addSecurityGroup(scope: Scope, group: Omit<SecurityGroup, 'id'>): SecurityGroup {
  const created = { id: scope.newId('sg'), ...group };
  ec2State.in(scope).securityGroups.set(created.id, created);
  return created;
}

function addSubnet(scope: Scope, subnet: Omit<Subnet, 'id'>): Subnet {
  const created = { id: scope.newId('subnet'), ...subnet };
  ec2State.in(scope).subnets.set(created.id, created);
  return created;
}

export const createDefaultVpc = operation<
  client.CreateDefaultVpcCommandInput,
  Partial<client.CreateDefaultVpcCommandOutput>
>({
  authorize: (_, call) => ({
    action: 'ec2:CreateDefaultVpc',
    resource: '*',
    context: { 'ec2:Region': call.region },
  }),
  run(input, call) {
    refuseDryRun(input);
    const existing = findDefaultVpc(call);
    if (existing)
      throw new AwsError(
        'DefaultVpcAlreadyExists',
        `A Default VPC already exists for this account in this region: ${existing.id}`,
      );
    const vpc = addVpc(call, { cidrBlock: defaultVpcCidr, isDefault: true });
    zonesOf(call.region).forEach((zone, index) =>
      addSubnet(call, {
        vpcId: vpc.id,
        cidrBlock: `172.31.${index * 16}.0/20`,
        availabilityZone: zone.name,
        isDefault: true,
      }),
    );
    return { Vpc: describeVpc(call, vpc) };
  },
});

export const findDefaultVpc = (scope: Scope): Vpc | undefined =>
  [...ec2State.in(scope).vpcs.values()].find(({ isDefault }) => isDefault);

export const createVpc = operation<
  client.CreateVpcCommandInput,
  Partial<client.CreateVpcCommandOutput>
>({
  authorize: createCheck('CreateVpc', 'vpc'),
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, [
      'Ipv6Pool',
      'Ipv6CidrBlock',
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'Ipv6IpamPoolId',
      'Ipv6NetmaskLength',
      'Ipv6CidrBlockNetworkBorderGroup',
      'VpcEncryptionControl',
      'InstanceTenancy',
      'AmazonProvidedIpv6CidrBlock',
    ]);
    checkSpecifications(input.TagSpecifications, ['vpc']);
    const vpc = addVpc(call, { cidrBlock: checkedCidr(input.CidrBlock), isDefault: false });
    setTags(call, vpc.id, specifiedTags(input.TagSpecifications, 'vpc'));
    return { Vpc: describeVpc(call, vpc) };
  },
});

function checkedCidr(cidr: string | undefined): string {
  if (cidr === undefined) throw missingParameter('cidrBlock');
  const [, ...numbers] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, length = 0] = numbers.map(Number);
  // Source: VPC User Guide, "VPC CIDR blocks": /16 to /28.
  if ([a, b, c, d].some((octet) => octet > 255) || length < 16 || length > 28)
    throw invalidValue(
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  return cidr;
}

export const createSubnet = operation<
  client.CreateSubnetCommandInput,
  Partial<client.CreateSubnetCommandOutput>
>({
  authorize: createCheck('CreateSubnet', 'subnet', ({ VpcId }) => VpcId ?? ''),
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, [
      'Ipv6CidrBlock',
      'OutpostArn',
      'Ipv6Native',
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'Ipv6IpamPoolId',
      'Ipv6NetmaskLength',
    ]);
    checkSpecifications(input.TagSpecifications, ['subnet']);
    const vpc = requireVpc(call, input.VpcId ?? '');
    const zones = zonesOf(call.region);
    const zone =
      input.AvailabilityZone === undefined && input.AvailabilityZoneId === undefined
        ? zones[0]
        : zones.find(
            ({ name, id }) => name === input.AvailabilityZone || id === input.AvailabilityZoneId,
          );
    if (!zone)
      throw invalidValue(
        `Value (${input.AvailabilityZone ?? input.AvailabilityZoneId ?? ''}) for parameter availabilityZone is invalid.`,
      );
    const subnet = addSubnet(call, {
      vpcId: vpc.id,
      cidrBlock: checkedCidr(input.CidrBlock),
      availabilityZone: zone.name,
      isDefault: false,
    });
    setTags(call, subnet.id, specifiedTags(input.TagSpecifications, 'subnet'));
    return { Subnet: describeSubnet(call, subnet) };
  },
});

export function requireVpc(scope: Scope, id: string): Vpc {
  const vpc = ec2State.in(scope).vpcs.get(id);
  if (!vpc) throw notFound('Vpc', id);
  return vpc;
}

export const createSecurityGroup = operation<
  client.CreateSecurityGroupCommandInput,
  Partial<client.CreateSecurityGroupCommandOutput>
>({
  authorize: createCheck('CreateSecurityGroup', 'security-group', ({ VpcId }) => VpcId ?? '*'),
  run(input, call) {
    refuseDryRun(input);
    checkSpecifications(input.TagSpecifications, ['security-group']);
    const vpc = input.VpcId === undefined ? findDefaultVpc(call) : requireVpc(call, input.VpcId);
    if (!vpc) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    const name = input.GroupName ?? '';
    if (!/^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(name) || name.startsWith('sg-'))
      throw invalidValue(`Value (${name}) for parameter GroupName is invalid.`);
    const isTaken = [...ec2State.in(call).securityGroups.values()].some(
      (group) => group.vpcId === vpc.id && group.name === name,
    );
    if (isTaken)
      throw new AwsError(
        'InvalidGroup.Duplicate',
        `The security group '${name}' already exists for VPC '${vpc.id}'`,
      );
    const group = addSecurityGroup(call, {
      vpcId: vpc.id,
      name,
      description: input.Description ?? '',
    });
    setTags(call, group.id, specifiedTags(input.TagSpecifications, 'security-group'));
    return {
      GroupId: group.id,
      SecurityGroupArn: ec2Arn(call, 'security-group', group.id),
      Tags: describeTags(call, group.id),
    };
  },
});
