import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import { invalidCombination, instanceNotFound, refuseDryRun } from './errors.ts';
import { filterItems, type FilterTable } from './filters.ts';
import { checkedPageSize } from './page-size.ts';
import { stopForGood } from './start-instance.ts';
import { ec2State, rootDeviceName, type Instance } from './state.ts';
import { describeTags, resourceTagContext } from './tags.ts';

const pageSizeMax = 1_000; // EC2 API Reference, DescribeInstances, MaxResults

// Source: EC2 API Reference, InstanceState.
const stateCodes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48 } as const;

export const instanceState = ({ state }: Instance): client.InstanceState => ({
  Code: stateCodes[state],
  Name: state,
});

export const describeInstances = operation<
  client.DescribeInstancesCommandInput,
  Partial<client.DescribeInstancesCommandOutput>
>({
  // DescribeInstances has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeInstances', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    const asked = input.InstanceIds ?? [];
    if (asked.length > 0 && input.MaxResults !== undefined)
      throw invalidCombination(
        'The parameter instancesSet cannot be used with the parameter maxResults',
      );
    const { instances } = ec2State.in(call);
    for (const id of asked) if (!instances.has(id)) throw instanceNotFound(id);
    const candidates = [...instances.values()].filter(
      ({ id }) => asked.length === 0 || asked.includes(id),
    );
    const found = filterItems(call, candidates, input.Filters, instanceFilters);
    if (asked.length > 0) return { Reservations: reservations(call, found) };
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: checkedPageSize(input.MaxResults),
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    return { Reservations: reservations(call, page.items), NextToken: page.nextToken };
  },
});

function reservations(call: Call, instances: readonly Instance[]): client.Reservation[] {
  const byReservation = Map.groupBy(instances, ({ reservationId }) => reservationId);
  return [...byReservation].map(([ReservationId, members]) => ({
    ReservationId,
    OwnerId: call.account,
    Groups: [],
    Instances: members.map((instance) => describeInstance(call, instance)),
  }));
}

const instanceFilters: FilterTable<Instance> = {
  idOf: ({ id }) => id,
  values: {
    architecture: ({ architecture }) => [architecture],
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    'client-token': ({ clientToken }) => [clientToken],
    'iam-instance-profile.arn': ({ instanceProfileArn }) => [instanceProfileArn],
    'image-id': ({ imageId }) => [imageId],
    'instance-id': ({ id }) => [id],
    'instance-state-code': ({ state }) => [String(stateCodes[state])],
    'instance-state-name': ({ state }) => [state],
    'instance-type': ({ instanceType }) => [instanceType],
    'instance.group-id': ({ securityGroupIds }) => securityGroupIds,
    'key-name': ({ keyName }) => [keyName],
    'launch-time': ({ launchedAt }) => [launchedAt.toISOString()],
    'private-ip-address': ({ privateIpAddress }) => [privateIpAddress],
    'reservation-id': ({ reservationId }) => [reservationId],
    'state-reason-code': ({ stateReason }) => [stateReason?.code],
    'subnet-id': ({ subnetId }) => [subnetId],
    'vpc-id': ({ vpcId }) => [vpcId],
  },
};

export const describeInstance = (scope: Scope, instance: Instance): client.Instance => ({
  InstanceId: instance.id,
  ImageId: instance.imageId,
  InstanceType: instance.instanceType as client._InstanceType,
  Architecture: instance.architecture,
  State: instanceState(instance),
  StateReason: instance.stateReason && {
    Code: instance.stateReason.code,
    Message: instance.stateReason.message,
  },
  StateTransitionReason: '',
  LaunchTime: instance.launchedAt,
  ClientToken: instance.clientToken,
  AmiLaunchIndex: 0,
  KeyName: instance.keyName,
  PrivateIpAddress: instance.privateIpAddress,
  PrivateDnsName: `ip-${instance.privateIpAddress.replaceAll('.', '-')}.${scope.region}.compute.internal`,
  PublicIpAddress: instance.publicIpAddress,
  SubnetId: instance.subnetId,
  VpcId: instance.vpcId,
  Placement: { AvailabilityZone: instance.availabilityZone, Tenancy: 'default' },
  Monitoring: { State: instance.monitoring ? 'enabled' : 'disabled' },
  EbsOptimized: instance.ebsOptimized,
  SecurityGroups: instance.securityGroupIds.map((GroupId) => ({
    GroupId,
    GroupName: ec2State.in(scope).securityGroups.get(GroupId)?.name,
  })),
  IamInstanceProfile:
    instance.instanceProfileArn === undefined ? undefined : { Arn: instance.instanceProfileArn },
  MetadataOptions: {
    State: 'applied',
    HttpTokens: instance.httpTokens,
    HttpPutResponseHopLimit: instance.hopLimit,
    HttpEndpoint: 'enabled',
    HttpProtocolIpv6: 'disabled',
    InstanceMetadataTags: instance.metadataTags,
  },
  RootDeviceName: rootDeviceName,
  RootDeviceType: 'ebs',
  VirtualizationType: 'hvm',
  Hypervisor: 'xen',
  EnaSupport: true,
  PlatformDetails: 'Linux/UNIX',
  BlockDeviceMappings: instance.devices.map((device) => ({
    DeviceName: device.deviceName,
    Ebs: {
      VolumeId: device.volumeId,
      Status: 'attached' as const,
      AttachTime: instance.launchedAt,
      DeleteOnTermination: device.deleteOnTermination,
    },
  })),
  Tags: describeTags(scope, instance.id),
});

export const terminateInstances = operation<
  client.TerminateInstancesCommandInput,
  Partial<client.TerminateInstancesCommandOutput>
>({
  authorize: (input, call) => (input.InstanceIds ?? []).map((id) => terminateCheck(call, id)),
  run(input, call) {
    refuseDryRun(input);
    const found = (input.InstanceIds ?? []).map((id) => {
      const instance = ec2State.in(call).instances.get(id);
      if (!instance) throw instanceNotFound(id);
      return instance;
    });
    return {
      TerminatingInstances: found.map((instance) => {
        const before = instanceState(instance);
        stopForGood(call, instance);
        return {
          InstanceId: instance.id,
          PreviousState: before,
          CurrentState: instanceState(instance),
        };
      }),
    };
  },
});

function terminateCheck(call: Call, id: string): AccessCheck {
  const instance = ec2State.in(call).instances.get(id);
  return {
    action: 'ec2:TerminateInstances',
    resource: ec2Arn(call, 'instance', id),
    context: {
      'ec2:Region': call.region,
      'ec2:InstanceID': id,
      'ec2:InstanceType': instance?.instanceType,
      'ec2:InstanceProfile': instance?.instanceProfileArn,
      ...resourceTagContext(call, id),
    },
  };
}
