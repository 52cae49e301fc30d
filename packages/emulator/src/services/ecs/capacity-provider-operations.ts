import { CreateOrUpdateTagsCommand } from '@aws-sdk/client-auto-scaling';
import type * as client from '@aws-sdk/client-ecs';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { capacityProviderArn, checkName, shortName } from './arns.ts';
import { describeGroup, groupNameOf } from './capacity-provider-groups.ts';
import { deleteDrainingHook, putDrainingHook } from './managed-draining.ts';
import { ensureOwnRole } from './own-role.ts';
import { clientError, invalidParameter, notModelledCode } from './errors.ts';
import { checkedPageSize } from './page-size.ts';
import { ecsState, type CapacityProvider } from './state.ts';
import {
  creationTagChecks,
  describeTags,
  newTags,
  requestTagContext,
  resourceTagContext,
} from './tags.ts';

export const findProvider = (call: Call, nameOrArn: string): CapacityProvider | undefined =>
  ecsState.in(call).capacityProviders.get(shortName(nameOrArn));

const providerCheck = (call: Call, action: string, nameOrArn: string): AccessCheck => ({
  action: `ecs:${action}`,
  resource: capacityProviderArn(call, shortName(nameOrArn)),
  context: resourceTagContext(findProvider(call, nameOrArn)?.tags),
});

type Settings = Pick<
  CapacityProvider,
  'managedScaling' | 'managedTerminationProtection' | 'managedDraining'
>;

/** Source: ECS API Reference, AutoScalingGroupProvider and ManagedScaling, the defaults */
const defaults: Settings = {
  managedScaling: {
    status: 'DISABLED',
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
  },
  managedTerminationProtection: 'DISABLED',
  managedDraining: 'ENABLED',
};

function readSettings(
  given: client.AutoScalingGroupProviderUpdate,
  present: Settings = defaults,
): Settings {
  const scaling = given.managedScaling ?? {};
  const settings: Settings = {
    managedScaling: {
      status: scaling.status ?? present.managedScaling.status,
      targetCapacity: scaling.targetCapacity ?? present.managedScaling.targetCapacity,
      minimumScalingStepSize:
        scaling.minimumScalingStepSize ?? present.managedScaling.minimumScalingStepSize,
      maximumScalingStepSize:
        scaling.maximumScalingStepSize ?? present.managedScaling.maximumScalingStepSize,
      instanceWarmupPeriod:
        scaling.instanceWarmupPeriod ?? present.managedScaling.instanceWarmupPeriod,
    },
    managedTerminationProtection:
      given.managedTerminationProtection ?? present.managedTerminationProtection,
    managedDraining: given.managedDraining ?? present.managedDraining,
  };
  if (
    settings.managedTerminationProtection === 'ENABLED' &&
    settings.managedScaling.status !== 'ENABLED'
  )
    throw clientError(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, managed scaling must be enabled.',
    );
  return settings;
}

/** @throws AwsError for a group that is not there or not set up for the settings */
async function checkGroup(call: Call, groupArn: string, settings: Settings): Promise<void> {
  if (!ensureOwnRole(call))
    throw invalidParameter(
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
    );
  const group = await describeGroup(call, groupArn);
  if (!group)
    throw clientError(
      'The specified Auto Scaling group ARN is invalid or does not exist. Specify a valid Auto Scaling group ARN and try again.',
    );
  if (
    settings.managedTerminationProtection === 'ENABLED' &&
    group.NewInstancesProtectedFromScaleIn !== true
  )
    throw clientError(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.',
    );
}

/**
 * The mark without which ECS's own role may not touch a group; set with the rights of the caller, because that role may
 * not set tags.
 */
async function markGroup(call: Call, groupArn: string, settings: Settings): Promise<void> {
  if (settings.managedScaling.status !== 'ENABLED' && settings.managedDraining !== 'ENABLED')
    return;
  const tag = {
    ResourceId: groupNameOf(groupArn),
    ResourceType: 'auto-scaling-group',
    Key: 'AmazonECSManaged',
    Value: '',
    PropagateAtLaunch: true,
  };
  try {
    await call.send(new CreateOrUpdateTagsCommand({ Tags: [tag] }), {
      as: call.caller,
      via: ['ecs.amazonaws.com'],
    });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new AwsError('AccessDeniedException', error.message, { cause: error });
  }
}

const createCapacityProvider = operation<
  client.CreateCapacityProviderCommandInput,
  Partial<client.CreateCapacityProviderCommandOutput>
>({
  authorize: (input, call) => {
    const check = providerCheck(call, 'CreateCapacityProvider', input.name ?? '');
    return [
      { ...check, context: requestTagContext(input.tags) },
      ...creationTagChecks(call, check.resource, input.tags),
    ];
  },
  async run(input, call) {
    onlyModelled(input, ['autoScalingGroupProvider', 'name', 'tags'], notModelledCode);
    const { name = '', autoScalingGroupProvider: given } = input;
    checkName(name, 'capacity provider');
    if (/^(aws|ecs|fargate)/i.test(name))
      throw clientError('The name of a capacity provider must not begin with aws, ecs or fargate.');
    if (!given) throw invalidParameter('autoScalingGroupProvider is required.');
    const { capacityProviders } = ecsState.in(call);
    if (capacityProviders.get(name)?.status === 'ACTIVE')
      throw clientError(
        'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
      );
    const groupArn = given.autoScalingGroupArn ?? '';
    const settings = readSettings(given);
    await checkGroup(call, groupArn, settings);
    await markGroup(call, groupArn, settings);
    const provider: CapacityProvider = {
      name,
      arn: capacityProviderArn(call, name),
      status: 'ACTIVE',
      groupArn,
      ...settings,
      updateStatus: undefined,
      tags: newTags(call, input.tags),
      pass: undefined,
      lastNeeded: undefined,
      lowSince: undefined,
    };
    capacityProviders.set(name, provider);
    return { capacityProvider: describeProvider(provider, ['TAGS']) };
  },
});

const updateCapacityProvider = operation<
  client.UpdateCapacityProviderCommandInput,
  Partial<client.UpdateCapacityProviderCommandOutput>
>({
  authorize: (input, call) => providerCheck(call, 'UpdateCapacityProvider', input.name ?? ''),
  async run(input, call) {
    onlyModelled(input, ['autoScalingGroupProvider', 'name'], notModelledCode);
    const provider = requireProvider(call, input.name ?? '');
    const settings = readSettings(input.autoScalingGroupProvider ?? {}, provider);
    await checkGroup(call, provider.groupArn, settings);
    await markGroup(call, provider.groupArn, settings);
    const drainedBefore = provider.managedDraining === 'ENABLED';
    Object.assign(provider, settings, { updateStatus: 'UPDATE_COMPLETE' });
    const isInUse = [...ecsState.in(call).clusters.values()].some(({ capacityProviders }) =>
      capacityProviders.includes(provider.name),
    );
    if (isInUse && !drainedBefore && settings.managedDraining === 'ENABLED')
      await putDrainingHook(call, provider);
    if (drainedBefore && settings.managedDraining === 'DISABLED')
      await deleteDrainingHook(call, provider);
    return { capacityProvider: describeProvider(provider) };
  },
});

function requireProvider(call: Call, nameOrArn: string): CapacityProvider {
  const found = findProvider(call, nameOrArn);
  if (found?.status !== 'ACTIVE')
    throw clientError('The specified capacity provider does not exist.');
  return found;
}

const deleteCapacityProvider = operation<
  client.DeleteCapacityProviderCommandInput,
  Partial<client.DeleteCapacityProviderCommandOutput>
>({
  authorize: (input, call) =>
    providerCheck(call, 'DeleteCapacityProvider', input.capacityProvider ?? ''),
  run(input, call) {
    onlyModelled(input, ['capacityProvider'], notModelledCode);
    const provider = requireProvider(call, input.capacityProvider ?? '');
    const user = [...ecsState.in(call).clusters.values()].find(({ capacityProviders }) =>
      capacityProviders.includes(provider.name),
    );
    if (user)
      throw clientError(
        `The capacity provider is associated with the cluster ${user.name}. Remove it from the cluster and try again.`,
      );
    provider.status = 'INACTIVE';
    provider.updateStatus = 'DELETE_COMPLETE';
    if (provider.pass) provider.pass.cancelled = true;
    return { capacityProvider: describeProvider(provider) };
  },
});

const describeCapacityProviders = operation<
  client.DescribeCapacityProvidersCommandInput,
  Partial<client.DescribeCapacityProvidersCommandOutput>
>({
  authorize: (input, call) =>
    (input.capacityProviders ?? ['*']).map((name) =>
      providerCheck(call, 'DescribeCapacityProviders', name),
    ),
  run(input, call) {
    onlyModelled(
      input,
      ['capacityProviders', 'include', 'maxResults', 'nextToken'],
      notModelledCode,
    );
    const named = input.capacityProviders?.map((name) => ({
      name,
      provider: findProvider(call, name),
    }));
    const page = paginate(
      call,
      named
        ? named.flatMap(({ provider }) => provider ?? [])
        : [...ecsState.in(call).capacityProviders.values()].filter(
            ({ status }) => status === 'ACTIVE',
          ),
      {
        keyOf: ({ name }) => name,
        token: input.nextToken,
        size: checkedPageSize(input.maxResults, 10),
        sizeMax: 10, // ECS API Reference, DescribeCapacityProviders, "maxResults"
        invalidToken: 'InvalidParameterException',
      },
    );
    return {
      capacityProviders: page.items.map((provider) => describeProvider(provider, input.include)),
      failures: (named ?? []).flatMap(({ name, provider }) =>
        provider ? [] : [{ arn: capacityProviderArn(call, shortName(name)), reason: 'MISSING' }],
      ),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  },
});

const describeProvider = (
  provider: CapacityProvider,
  include: readonly client.CapacityProviderField[] = [],
): client.CapacityProvider => ({
  capacityProviderArn: provider.arn,
  name: provider.name,
  status: provider.status,
  autoScalingGroupProvider: {
    autoScalingGroupArn: provider.groupArn,
    managedScaling: { ...provider.managedScaling },
    managedTerminationProtection: provider.managedTerminationProtection,
    managedDraining: provider.managedDraining,
  },
  ...(provider.updateStatus === undefined ? {} : { updateStatus: provider.updateStatus }),
  tags: include.includes('TAGS') ? describeTags(provider.tags) : [],
});

export const capacityProviderOperations: Readonly<Record<string, Operation>> = {
  CreateCapacityProvider: createCapacityProvider,
  DeleteCapacityProvider: deleteCapacityProvider,
  DescribeCapacityProviders: describeCapacityProviders,
  UpdateCapacityProvider: updateCapacityProvider,
};
