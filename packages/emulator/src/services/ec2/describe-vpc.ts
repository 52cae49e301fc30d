import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import { notFound, refuseDryRun, refuseUnmodelled } from './errors.ts';
import { filterItems, yesNo, type FilterTable } from './filters.ts';
import { zonesOf } from './regions.ts';
import { ec2State, type SecurityGroup, type Subnet, type Vpc } from './state.ts';
import { describeTags } from './tags.ts';

const pageSizeMax = 1_000; // EC2 API Reference, DescribeVpcs, DescribeSubnets and DescribeSecurityGroups

export const describeVpc = (scope: Scope, vpc: Vpc): client.Vpc => ({
  VpcId: vpc.id,
  CidrBlock: vpc.cidrBlock,
  IsDefault: vpc.isDefault,
  OwnerId: scope.account,
  State: 'available',
  InstanceTenancy: 'default',
  Tags: describeTags(scope, vpc.id),
});

export const describeSubnet = (scope: Scope, subnet: Subnet): client.Subnet => ({
  SubnetId: subnet.id,
  SubnetArn: ec2Arn(scope, 'subnet', subnet.id),
  VpcId: subnet.vpcId,
  CidrBlock: subnet.cidrBlock,
  AvailabilityZone: subnet.availabilityZone,
  AvailabilityZoneId: zonesOf(scope.region).find(({ name }) => name === subnet.availabilityZone)
    ?.id,
  DefaultForAz: subnet.isDefault,
  MapPublicIpOnLaunch: subnet.isDefault,
  OwnerId: scope.account,
  State: 'available',
  Tags: describeTags(scope, subnet.id),
});

const describeGroup = (scope: Scope, group: SecurityGroup): client.SecurityGroup => ({
  GroupId: group.id,
  SecurityGroupArn: ec2Arn(scope, 'security-group', group.id),
  GroupName: group.name,
  Description: group.description,
  VpcId: group.vpcId,
  OwnerId: scope.account,
  Tags: describeTags(scope, group.id),
});

interface ListInput {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly DryRun?: boolean | undefined;
}

/** One page of what passes; ids that were asked for must exist. */
function listPage<T extends { readonly id: string }>(
  call: Call,
  input: ListInput,
  options: {
    items: Iterable<T>;
    ids: readonly string[] | undefined;
    kind: 'Vpc' | 'Subnet' | 'Group';
    filters: readonly client.Filter[] | undefined;
    values: FilterTable<T>['values'];
  },
): { items: readonly T[]; nextToken: string | undefined } {
  refuseDryRun(input);
  const all = [...options.items];
  for (const id of options.ids ?? [])
    if (!all.some((item) => item.id === id)) throw notFound(options.kind, id);
  return paginate(
    call,
    filterItems(
      call,
      all.filter(({ id }) => options.ids?.includes(id) ?? true),
      options.filters,
      { values: options.values, idOf: ({ id }) => id },
    ),
    {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    },
  );
}

export const describeVpcs = operation<
  client.DescribeVpcsCommandInput,
  Partial<client.DescribeVpcsCommandOutput>
>({
  authorize: () => ({ action: 'ec2:DescribeVpcs', resource: '*' }),
  run(input, call) {
    const page = listPage(call, input, {
      items: ec2State.in(call).vpcs.values(),
      ids: input.VpcIds,
      kind: 'Vpc',
      filters: input.Filters,
      values: {
        'vpc-id': ({ id }) => [id],
        cidr: ({ cidrBlock }) => [cidrBlock],
        'is-default': ({ isDefault }) => [yesNo(isDefault)],
        'owner-id': () => [call.account],
        state: () => ['available'],
      },
    });
    return {
      Vpcs: page.items.map((vpc) => describeVpc(call, vpc)),
      NextToken: page.nextToken,
    };
  },
});

export const describeSubnets = operation<
  client.DescribeSubnetsCommandInput,
  Partial<client.DescribeSubnetsCommandOutput>
>({
  authorize: () => ({ action: 'ec2:DescribeSubnets', resource: '*' }),
  run(input, call) {
    const page = listPage(call, input, {
      items: ec2State.in(call).subnets.values(),
      ids: input.SubnetIds,
      kind: 'Subnet',
      filters: input.Filters,
      values: {
        'subnet-id': ({ id }) => [id],
        'vpc-id': ({ vpcId }) => [vpcId],
        'availability-zone': ({ availabilityZone }) => [availabilityZone],
        'cidr-block': ({ cidrBlock }) => [cidrBlock],
        'default-for-az': ({ isDefault }) => [yesNo(isDefault)],
        'owner-id': () => [call.account],
        state: () => ['available'],
      },
    });
    return {
      Subnets: page.items.map((subnet) => describeSubnet(call, subnet)),
      NextToken: page.nextToken,
    };
  },
});

export const describeSecurityGroups = operation<
  client.DescribeSecurityGroupsCommandInput,
  Partial<client.DescribeSecurityGroupsCommandOutput>
>({
  authorize: () => ({ action: 'ec2:DescribeSecurityGroups', resource: '*' }),
  run(input, call) {
    refuseUnmodelled(input, ['GroupNames']);
    const page = listPage(call, input, {
      items: ec2State.in(call).securityGroups.values(),
      ids: input.GroupIds,
      kind: 'Group',
      filters: input.Filters,
      values: {
        'group-id': ({ id }) => [id],
        'group-name': ({ name }) => [name],
        description: ({ description }) => [description],
        'vpc-id': ({ vpcId }) => [vpcId],
        'owner-id': () => [call.account],
      },
    });
    return {
      SecurityGroups: page.items.map((group) => describeGroup(call, group)),
      NextToken: page.nextToken,
    };
  },
});
