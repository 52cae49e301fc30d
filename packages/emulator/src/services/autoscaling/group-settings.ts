import type * as client from '@aws-sdk/client-auto-scaling';
import type { Call } from '../../world/call.ts';
import { zonesOf } from '../ec2/regions.ts';
import { terminationPolicies } from './choose-instances.ts';
import { unmodelled, validationError } from './errors.ts';
import { findSubnet } from './locations.ts';
import type { Group } from './state.ts';

/** What CreateAutoScalingGroup and UpdateAutoScalingGroup have in common. */
export type SettingsInput = Pick<
  client.UpdateAutoScalingGroupType,
  | 'MinSize'
  | 'MaxSize'
  | 'DesiredCapacity'
  | 'DefaultCooldown'
  | 'AvailabilityZones'
  | 'VPCZoneIdentifier'
  | 'HealthCheckType'
  | 'HealthCheckGracePeriod'
  | 'TerminationPolicies'
  | 'NewInstancesProtectedFromScaleIn'
  | 'CapacityRebalance'
  | 'DefaultInstanceWarmup'
  | 'InstanceMaintenancePolicy'
  | 'MaxInstanceLifetime'
  | 'ServiceLinkedRoleARN'
  | 'DesiredCapacityType'
>;

/** The members of {@link SettingsInput}. */
export const settingsMembers = [
  'MinSize',
  'MaxSize',
  'DesiredCapacity',
  'DefaultCooldown',
  'AvailabilityZones',
  'VPCZoneIdentifier',
  'HealthCheckType',
  'HealthCheckGracePeriod',
  'TerminationPolicies',
  'NewInstancesProtectedFromScaleIn',
  'CapacityRebalance',
  'DefaultInstanceWarmup',
  'InstanceMaintenancePolicy',
  'MaxInstanceLifetime',
  'ServiceLinkedRoleARN',
  'DesiredCapacityType',
] as const satisfies readonly (keyof SettingsInput)[];

export type Settings = Pick<
  Group,
  | 'minSize'
  | 'maxSize'
  | 'desiredCapacity'
  | 'defaultCooldownSeconds'
  | 'defaultInstanceWarmupSeconds'
  | 'healthCheckType'
  | 'healthCheckGracePeriodSeconds'
  | 'subnetIds'
  | 'availabilityZones'
  | 'terminationPolicies'
  | 'newInstancesProtectedFromScaleIn'
  | 'instanceMaintenancePolicy'
  | 'capacityRebalance'
  | 'maxInstanceLifetimeSeconds'
>;

/** Source: EC2 Auto Scaling API Reference, CreateAutoScalingGroup, the defaults. */
export const defaultSettings: Settings = {
  minSize: 0,
  maxSize: 0,
  desiredCapacity: 0,
  defaultCooldownSeconds: 300,
  defaultInstanceWarmupSeconds: undefined,
  healthCheckType: 'EC2',
  healthCheckGracePeriodSeconds: 0,
  subnetIds: [],
  availabilityZones: [],
  terminationPolicies: ['Default'],
  newInstancesProtectedFromScaleIn: false,
  instanceMaintenancePolicy: undefined,
  capacityRebalance: false,
  maxInstanceLifetimeSeconds: undefined,
};

/**
 * A group's settings after a request; what it leaves out stays.
 *
 * @throws AwsError ValidationError
 */
export function readSettings(call: Call, input: SettingsInput, before: Settings): Settings {
  refuseWhatIsNotThere(input);
  const maxSize = input.MaxSize ?? before.maxSize;
  const minSize = input.MinSize ?? before.minSize;
  return {
    minSize,
    maxSize,
    desiredCapacity: readCapacity(input, before, { minSize, maxSize }),
    defaultCooldownSeconds: seconds(
      'DefaultCooldown',
      input.DefaultCooldown,
      before.defaultCooldownSeconds,
    ),
    defaultInstanceWarmupSeconds: readWarmup(input.DefaultInstanceWarmup, before),
    healthCheckType: readHealthCheck(input.HealthCheckType) ?? before.healthCheckType,
    healthCheckGracePeriodSeconds: seconds(
      'HealthCheckGracePeriod',
      input.HealthCheckGracePeriod,
      before.healthCheckGracePeriodSeconds,
    ),
    ...readPlaces(call, input, before),
    terminationPolicies: input.TerminationPolicies ?? before.terminationPolicies,
    newInstancesProtectedFromScaleIn:
      input.NewInstancesProtectedFromScaleIn ?? before.newInstancesProtectedFromScaleIn,
    instanceMaintenancePolicy: input.InstanceMaintenancePolicy
      ? readMaintenance(input.InstanceMaintenancePolicy)
      : before.instanceMaintenancePolicy,
    capacityRebalance: input.CapacityRebalance ?? before.capacityRebalance,
    maxInstanceLifetimeSeconds: before.maxInstanceLifetimeSeconds,
  };
}

function refuseWhatIsNotThere(input: SettingsInput): void {
  if ((input.MaxInstanceLifetime ?? 0) !== 0) throw unmodelled('MaxInstanceLifetime');
  if (input.ServiceLinkedRoleARN?.endsWith('/AWSServiceRoleForAutoScaling') === false)
    throw unmodelled('a ServiceLinkedRoleARN with a suffix');
  if ((input.DesiredCapacityType ?? 'units') !== 'units')
    throw unmodelled(`DesiredCapacityType ${input.DesiredCapacityType ?? ''}`);
  for (const policy of input.TerminationPolicies ?? [])
    if (!terminationPolicies.includes(policy)) throw unmodelled(`the termination policy ${policy}`);
}

/**
 * Source: API Reference, UpdateAutoScalingGroup, DesiredCapacity: without one it follows new bounds; messages as users
 * report them.
 */
function readCapacity(
  input: SettingsInput,
  before: Settings,
  { minSize, maxSize }: { readonly minSize: number; readonly maxSize: number },
): number {
  if (minSize < 0 || maxSize < 0)
    throw validationError('MinSize and MaxSize must be greater than or equal to 0.');
  if (maxSize < minSize)
    throw validationError(
      `Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`,
    );
  const asked = input.DesiredCapacity;
  if (asked !== undefined && (asked < minSize || asked > maxSize))
    throw validationError(
      `Desired capacity:${asked} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  return asked ?? Math.min(maxSize, Math.max(minSize, before.desiredCapacity));
}

function seconds(name: string, value: number | undefined, before: number): number {
  if (value !== undefined && value < 0)
    throw validationError(`${name} must be greater than or equal to 0.`);
  return value ?? before;
}

/** Source: API Reference, DefaultInstanceWarmup: -1 removes what was set. */
function readWarmup(value: number | undefined, before: Settings): number | undefined {
  if (value === undefined) return before.defaultInstanceWarmupSeconds;
  if (value === -1) return undefined;
  return seconds('DefaultInstanceWarmup', value, 0);
}

function readHealthCheck(value: string | undefined): string | undefined {
  if (value !== undefined && value !== 'EC2') throw unmodelled(`the health check type ${value}`);
  return value;
}

const percentage = (value: number | undefined): number => value ?? -1;

/** Source: API Reference, InstanceMaintenancePolicy: -1 for both removes it; 0 to 100, 100 to 200, apart by at most 100. */
function readMaintenance(
  policy: client.InstanceMaintenancePolicy,
): Settings['instanceMaintenancePolicy'] {
  const min = percentage(policy.MinHealthyPercentage);
  const max = percentage(policy.MaxHealthyPercentage);
  if (min === -1 && max === -1) return undefined;
  if (min < 0 || min > 100 || max < 100 || max > 200 || max - min > 100)
    throw validationError(
      'The MinHealthyPercentage must be between 0 and 100, the MaxHealthyPercentage between 100 and 200, and their difference cannot be greater than 100.',
    );
  return { minHealthyPercentage: min, maxHealthyPercentage: max };
}

function readPlaces(
  call: Call,
  input: SettingsInput,
  before: Settings,
): Pick<Settings, 'subnetIds' | 'availabilityZones'> {
  const subnetIds = input.VPCZoneIdentifier?.split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (subnetIds && subnetIds.length > 0) {
    const zones = subnetIds.map((id) => {
      const subnet = findSubnet(call, id);
      if (!subnet) throw validationError(`The subnet ID '${id}' does not exist`);
      return subnet.availabilityZone;
    });
    const stray = input.AvailabilityZones?.find((zone) => !zones.includes(zone));
    if (stray !== undefined)
      throw validationError(
        'The availability zones of the specified subnets and the Auto Scaling group do not match',
      );
    return { subnetIds, availabilityZones: [...new Set(zones)] };
  }
  const zones = input.AvailabilityZones;
  if (zones && zones.length > 0) {
    const known = zonesOf(call.region).map(({ name }) => name);
    const strange = zones.find((zone) => !known.includes(zone));
    if (strange !== undefined) throw validationError(`Invalid availability zone: ${strange}`);
    return { subnetIds: [], availabilityZones: zones };
  }
  if (before.subnetIds.length === 0 && before.availabilityZones.length === 0)
    throw validationError('At least one Availability Zone or VPC Subnet is required.');
  return { subnetIds: before.subnetIds, availabilityZones: before.availabilityZones };
}
