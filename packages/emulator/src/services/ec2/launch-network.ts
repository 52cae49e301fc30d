import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { invalidCombination, notFound, notModelled } from './errors.ts';
import { ec2State, type Subnet } from './state.ts';
import { findDefaultVpc } from './vpc.ts';

type Input = client.RunInstancesCommandInput;

/** What one network interface in a launch can say here; anything else about it is refused. */
const modelledInterface: readonly string[] = [
  'AssociatePublicIpAddress',
  'DeleteOnTermination',
  'Description',
  'DeviceIndex',
  'Groups',
  'InterfaceType',
  'NetworkCardIndex',
  'SubnetId',
];

/** Where an instance's only network interface is to be. */
export interface LaunchNetwork {
  readonly subnetId: string | undefined;
  readonly groupIds: readonly string[] | undefined;
  readonly publicAddress: boolean;
}

/**
 * Subnet and security groups of a launch, which its parameters name, or else its one network interface.
 *
 * @param options.subnetJoinsInterface Auto Scaling picks a subnet of the group and puts the template's interface there
 * Source: EC2 API Reference, RunInstances, NetworkInterfaces: then the subnet and the groups belong to the interface.
 */
export function launchNetwork(
  input: Input,
  options: { readonly subnetJoinsInterface: boolean },
): LaunchNetwork {
  const [networkInterface, ...others] = input.NetworkInterfaces ?? [];
  if (!networkInterface)
    return { subnetId: input.SubnetId, groupIds: input.SecurityGroupIds, publicAddress: false };
  if (others.length > 0) throw notModelled('a launch with several network interfaces');
  for (const [name, value] of Object.entries(networkInterface))
    if (value !== undefined && !modelledInterface.includes(name))
      throw notModelled(`the parameter NetworkInterfaces.${name}`);
  if ((networkInterface.DeviceIndex ?? 0) !== 0 || (networkInterface.NetworkCardIndex ?? 0) !== 0)
    throw notModelled('a network interface beside the primary one');
  if ((networkInterface.InterfaceType ?? 'interface') !== 'interface')
    throw notModelled(`the interface type ${networkInterface.InterfaceType ?? ''}`);
  if (input.SubnetId !== undefined && !options.subnetJoinsInterface)
    throw invalidCombination(
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    );
  if (input.SecurityGroupIds !== undefined)
    throw invalidCombination(
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  return {
    subnetId: input.SubnetId ?? networkInterface.SubnetId,
    groupIds: networkInterface.Groups,
    publicAddress: networkInterface.AssociatePublicIpAddress === true,
  };
}

export function launchSubnet(
  call: Call,
  options: { readonly network: LaunchNetwork; readonly zone: string | undefined },
): Subnet {
  const { network, zone } = options;
  const { subnets } = ec2State.in(call);
  if (network.subnetId !== undefined) {
    const subnet = subnets.get(network.subnetId);
    if (!subnet) throw notFound('Subnet', network.subnetId);
    return subnet;
  }
  const subnet = [...subnets.values()].find(
    (candidate) =>
      candidate.isDefault && (zone === undefined || candidate.availabilityZone === zone),
  );
  if (!findDefaultVpc(call) || !subnet)
    throw new AwsError(
      'VPCIdNotSpecified',
      'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
    );
  return subnet;
}

export function launchGroups(
  call: Call,
  network: LaunchNetwork,
  subnet: Subnet,
): readonly string[] {
  const { securityGroups } = ec2State.in(call);
  const asked = network.groupIds ?? [];
  for (const id of asked) {
    const group = securityGroups.get(id);
    if (!group) throw notFound('Group', id);
    if (group.vpcId !== subnet.vpcId)
      throw new AwsError(
        'InvalidParameter',
        `Security group ${id} and subnet ${subnet.id} belong to different networks.`,
      );
  }
  if (asked.length > 0) return asked;
  const standard = [...securityGroups.values()].find(
    ({ vpcId, name }) => vpcId === subnet.vpcId && name === 'default',
  );
  return standard ? [standard.id] : [];
}

export function privateAddress(call: Call, subnet: Subnet): string {
  const [a = '10', b = '0', c = '0'] = subnet.cidrBlock.split('.');
  return `${a}.${b}.${c}.${call.between('private-address', 4, 254)}`;
}

/** An address for an instance that wants one; nothing is routed, so it only is shown. */
export const publicAddress = (call: Call): string =>
  // TEST-NET-3, RFC 5737
  `203.0.113.${call.between('public-address', 1, 254)}`;
