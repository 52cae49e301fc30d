import * as client from '@aws-sdk/client-auto-scaling';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { PropertyError, toServiceInput } from '../../cloudformation/to-service-input.ts';
import { readServiceModel } from '../../wire/model.ts';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import { requireNumberedVersions } from './numbered-versions.ts';
import { tagsPerCallMax } from './tag-operations.ts';

const model = readServiceModel(client);
const nameLengthMax = 255; // API Reference, CreateAutoScalingGroup, AutoScalingGroupName
const deletionPollMs = 10_000;
// CloudFormation gives a group an hour to lose its instances; longer hooks let the deletion fail.
const deletionPollsMax = 360;

/** What a property that is taken out of the template falls back to. */
const defaults: Properties = {
  CapacityRebalance: false,
  Cooldown: '300',
  DefaultInstanceWarmup: -1,
  HealthCheckGracePeriod: 0,
  HealthCheckType: 'EC2',
  InstanceMaintenancePolicy: { MinHealthyPercentage: -1, MaxHealthyPercentage: -1 },
  NewInstancesProtectedFromScaleIn: false,
  TerminationPolicies: ['Default'],
};

/** Properties that create and update have alike. */
const changeable = [
  ...Object.keys(defaults),
  'AvailabilityZones',
  'DesiredCapacity',
  'LaunchConfigurationName',
  'LaunchTemplate',
  'MaxSize',
  'MinSize',
  'MixedInstancesPolicy',
  'VPCZoneIdentifier',
];

/** The operation's members under the names that it gives them. */
function inputOf(properties: Properties): Record<string, unknown> {
  const { Cooldown, VPCZoneIdentifier: subnets, ...rest } = pick(properties, changeable);
  if (subnets !== undefined && !Array.isArray(subnets))
    throw new PropertyError('VPCZoneIdentifier', 'expected type: JSONArray');
  requireNumberedVersions(properties);
  return {
    ...rest,
    ...(Cooldown === undefined ? {} : { DefaultCooldown: Cooldown }),
    ...(subnets === undefined ? {} : { VPCZoneIdentifier: subnets.map(String).join(',') }),
  };
}

const pick = (properties: Properties, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );

/**
 * Own tags propagate as they say, those of the stack and of CloudFormation always.
 *
 * Source: CloudFormation User Guide, "Resource tag": stack-level tags are propagated to the instances of a group.
 */
function tagsOf(name: string, own: unknown, all: Readonly<Record<string, string>>): client.Tag[] {
  const propagation = new Map(
    (Array.isArray(own) ? own : []).filter(isRecord).map((tag) => {
      const propagates = tag['PropagateAtLaunch'];
      if (propagates === undefined)
        throw new PropertyError('Tags', 'required key [PropagateAtLaunch] not found');
      return [String(tag['Key']), propagates === true || propagates === 'true'] as const;
    }),
  );
  return Object.entries(all).map(([Key, Value]) => ({
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    Key,
    Value,
    PropagateAtLaunch: propagation.get(Key) ?? true,
  }));
}

async function findGroup(
  deployment: Deployment,
  name: string,
): Promise<client.AutoScalingGroup | undefined> {
  const { AutoScalingGroups: [group] = [] } = await deployment.call(
    new client.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return group;
}

async function provisioned(deployment: Deployment, name: string): Promise<Provisioned> {
  const group = await findGroup(deployment, name);
  return {
    physicalId: name,
    attributes: { AutoScalingGroupARN: group?.AutoScalingGroupARN ?? '' },
  };
}

const hooksOf = (properties: Properties): readonly Readonly<Record<string, unknown>>[] => {
  const list = properties['LifecycleHookSpecificationList'];
  return (Array.isArray(list) ? list : []).filter(isRecord);
};

async function updateHooks(
  deployment: Deployment,
  name: string,
  change: { readonly properties: Properties; readonly previous: Properties },
): Promise<void> {
  const wanted = hooksOf(change.properties);
  const names = wanted.map((hook) => hook['LifecycleHookName']);
  for (const hook of hooksOf(change.previous))
    if (!names.includes(hook['LifecycleHookName']))
      await deployment.call(
        new client.DeleteLifecycleHookCommand({
          AutoScalingGroupName: name,
          LifecycleHookName: String(hook['LifecycleHookName']),
        }),
      );
  for (const hook of wanted)
    await deployment.call(
      new client.PutLifecycleHookCommand(
        toServiceInput(model, 'PutLifecycleHook', {
          ...hook,
          AutoScalingGroupName: name,
        }) as unknown as client.PutLifecycleHookType,
      ),
    );
}

/** As many tags as one call takes. */
const inCalls = (tags: readonly client.Tag[]): client.Tag[][] =>
  Array.from({ length: Math.ceil(tags.length / tagsPerCallMax) }, (_, index) =>
    tags.slice(index * tagsPerCallMax, (index + 1) * tagsPerCallMax),
  );

async function updateTags(
  deployment: Deployment,
  name: string,
  change: { readonly properties: Properties; readonly previous: Properties },
): Promise<void> {
  const own = change.properties['Tags'];
  const before = change.previous['Tags'];
  const wanted = tagsOf(name, own, deployment.tags(own));
  const gone = tagsOf(name, before, deployment.previousTags(before)).filter(
    ({ Key }) => !wanted.some((tag) => tag.Key === Key),
  );
  for (const Tags of inCalls(gone)) await deployment.call(new client.DeleteTagsCommand({ Tags }));
  for (const Tags of inCalls(wanted))
    await deployment.call(new client.CreateOrUpdateTagsCommand({ Tags }));
}

/** Source: CloudFormation resource type AWS::AutoScaling::AutoScalingGroup, without update, creation and deletion policies. */
export const groupResource: ResourceProvider = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  properties: [
    ...changeable,
    'AutoScalingGroupName',
    'LifecycleHookSpecificationList',
    'ServiceLinkedRoleARN',
    'Tags',
  ],
  required: ['MaxSize', 'MinSize'],
  createOnly: ['AutoScalingGroupName'],
  attributes: ['AutoScalingGroupARN'],
  async create(properties, deployment) {
    const given = properties['AutoScalingGroupName'];
    const name =
      typeof given === 'string' ? given : deployment.generateName({ lengthMax: nameLengthMax });
    const own = properties['Tags'];
    const input = toServiceInput(model, 'CreateAutoScalingGroup', {
      ...inputOf(properties),
      ...pick(properties, ['LifecycleHookSpecificationList', 'ServiceLinkedRoleARN']),
      AutoScalingGroupName: name,
      Tags: tagsOf(name, own, deployment.tags(own)),
    });
    await deployment.call(
      new client.CreateAutoScalingGroupCommand(
        input as unknown as client.CreateAutoScalingGroupType,
      ),
    );
    return provisioned(deployment, name);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const taken = Object.keys(defaults).filter(
      (name) => properties[name] === undefined && previous[name] !== undefined,
    );
    const input = toServiceInput(model, 'UpdateAutoScalingGroup', {
      ...inputOf({ ...pick(defaults, taken), ...properties }),
      AutoScalingGroupName: physicalId,
    });
    await deployment.call(
      new client.UpdateAutoScalingGroupCommand(
        input as unknown as client.UpdateAutoScalingGroupType,
      ),
    );
    await updateHooks(deployment, physicalId, { properties, previous });
    await updateTags(deployment, physicalId, { properties, previous });
    return provisioned(deployment, physicalId);
  },
  async delete(physicalId, deployment) {
    const group = await findGroup(deployment, physicalId);
    if (!group) return;
    if (group.Status === undefined)
      await deployment.call(
        new client.UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: physicalId,
          MinSize: 0,
          MaxSize: 0,
          DesiredCapacity: 0,
        }),
      );
    await untilEmpty(deployment, physicalId);
  },
};

/** Waits until the instances are gone, deletes the group and waits until it is gone too. */
async function untilEmpty(deployment: Deployment, name: string): Promise<void> {
  for (let poll = 0; poll < deletionPollsMax; poll += 1) {
    const group = await findGroup(deployment, name);
    if (!group) return;
    if (group.Instances?.length === 0 && group.Status === undefined)
      await deployment.call(
        new client.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name }),
      );
    else await deployment.world.scheduler.sleep(deletionPollMs);
  }
  throw new AwsError(
    'NotStabilized',
    `Group did not stabilize. The group ${name} still has instances; scale-in protection or lifecycle hooks may hold them.`,
  );
}
