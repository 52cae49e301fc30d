import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { instanceState } from './describe-instances.ts';
import {
  invalidCombination,
  invalidValue,
  instanceNotFound,
  refuseDryRun,
  refuseUnmodelled,
} from './errors.ts';
import { filterItems, type FilterTable } from './filters.ts';
import { checkedPageSize } from './page-size.ts';
import { zonesOf } from './regions.ts';
import { ec2State, type Instance } from './state.ts';

const pageSizeMax = 1_000; // EC2 API Reference, DescribeInstanceStatus, MaxResults: 5 to 1,000
const idsPerCallMax = 100; // EC2 API Reference, DescribeInstanceStatus, InstanceIds
/** AWS states no duration: status checks run every minute, the first ones pass after two or three. */
const initializingMs = 150_000;

export const describeInstanceStatus = operation<
  client.DescribeInstanceStatusCommandInput,
  Partial<client.DescribeInstanceStatusCommandOutput>
>({
  // DescribeInstanceStatus has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeInstanceStatus', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, ['IncludeManagedResources']);
    const asked = input.InstanceIds ?? [];
    if (asked.length > 0 && (input.MaxResults !== undefined || input.NextToken !== undefined))
      throw invalidCombination(
        'The parameter instancesSet cannot be used with the parameter maxResults',
      );
    if (asked.length > idsPerCallMax)
      throw invalidValue(`at most ${idsPerCallMax} instance ids can be asked for`);
    const { instances } = ec2State.in(call);
    for (const id of asked) if (!instances.has(id)) throw instanceNotFound(id);
    const candidates = [...instances.values()].filter(
      (instance) =>
        (asked.length === 0 || asked.includes(instance.id)) &&
        (input.IncludeAllInstances === true || instance.state === 'running'),
    );
    const found = filterItems(call, candidates, input.Filters, statusFilters(call));
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: asked.length > 0 ? asked.length : checkedPageSize(input.MaxResults),
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      InstanceStatuses: page.items.map((instance) => describe(call, instance)),
      NextToken: page.nextToken,
    };
  },
});

/** Every machine here answers once it has come up: nothing breaks the hardware or the network of an instance. */
const checkResult = (call: Call, instance: Instance): 'ok' | 'initializing' | 'not-applicable' =>
  instance.state !== 'running' || instance.runningSince === undefined
    ? 'not-applicable'
    : call.now - instance.runningSince.getTime() < initializingMs
      ? 'initializing'
      : 'ok';

function describe(call: Call, instance: Instance): client.InstanceStatus {
  const status = checkResult(call, instance);
  const summary: client.InstanceStatusSummary = {
    Status: status,
    ...(status === 'not-applicable'
      ? {}
      : {
          Details: [{ Name: 'reachability', Status: status === 'ok' ? 'passed' : 'initializing' }],
        }),
  };
  return {
    InstanceId: instance.id,
    AvailabilityZone: instance.availabilityZone,
    AvailabilityZoneId: zonesOf(call.region).find(({ name }) => name === instance.availabilityZone)
      ?.id,
    InstanceState: instanceState(instance),
    InstanceStatus: summary,
    SystemStatus: summary,
  };
}

const statusFilters = (call: Call): FilterTable<Instance> => ({
  values: {
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    'instance-state-code': (instance) => [String(instanceState(instance).Code)],
    'instance-state-name': ({ state }) => [state],
    'instance-status.status': (instance) => [checkResult(call, instance)],
    'system-status.status': (instance) => [checkResult(call, instance)],
  },
});
