import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import { onlyModelled } from '../../world/only-modelled.ts';
import { validationError } from './errors.ts';
import type { Group, Refresh } from './state.ts';

// Numbers: EC2 Auto Scaling API Reference, RefreshPreferences; EC2 Auto Scaling User Guide, "Understand the default
// values for an instance refresh".
const minHealthyDefault = 90;
const healthySpanMax = 100;
const checkpointDelayDefaultSeconds = 3_600;
const alarmsMax = 10;

type Preferences = Refresh['preferences'];

/**
 * The preferences of a new instance refresh: what the caller gave, checked beyond its model, and the defaults of the API for the rest,
 * as DescribeInstanceRefreshes shows them afterwards.
 *
 * Source: EC2 Auto Scaling API Reference, RefreshPreferences.
 *
 * @throws AwsError ValidationError naming the value
 */
export function readPreferences(
  group: Pick<
    Group,
    'instanceMaintenancePolicy' | 'defaultInstanceWarmupSeconds' | 'healthCheckGracePeriodSeconds'
  >,
  given: RefreshPreferences = {},
): Preferences {
  onlyModelled(
    given,
    [
      'MinHealthyPercentage',
      'MaxHealthyPercentage',
      'InstanceWarmup',
      'CheckpointPercentages',
      'CheckpointDelay',
      'SkipMatching',
      'AutoRollback',
      'ScaleInProtectedInstances',
      'StandbyInstances',
      'AlarmSpecification',
      'BakeTime',
    ],
    'ValidationError',
  );
  return {
    ...readHealthy(group, given),
    ...readCheckpoints(given),
    ...readAlarms(given),
    InstanceWarmup:
      given.InstanceWarmup ??
      group.defaultInstanceWarmupSeconds ??
      group.healthCheckGracePeriodSeconds,
    SkipMatching: given.SkipMatching ?? false,
    AutoRollback: given.AutoRollback ?? false,
    ScaleInProtectedInstances: given.ScaleInProtectedInstances ?? 'Wait',
    StandbyInstances: given.StandbyInstances ?? 'Wait',
    BakeTime: given.BakeTime ?? 0,
  };
}

function readHealthy(
  group: Pick<Group, 'instanceMaintenancePolicy'>,
  given: RefreshPreferences,
): Pick<Preferences, 'MinHealthyPercentage' | 'MaxHealthyPercentage'> {
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = given;
  if (max !== undefined && min === undefined)
    throw validationError(
      `MaxHealthyPercentage ${max} is given without MinHealthyPercentage. Specify both.`,
    );
  if (min !== undefined && max !== undefined && max - min > healthySpanMax)
    throw validationError(
      `The difference between MaxHealthyPercentage ${max} and MinHealthyPercentage ${min} cannot be greater than ${healthySpanMax}.`,
    );
  const policy = group.instanceMaintenancePolicy;
  if (min !== undefined)
    return {
      MinHealthyPercentage: min,
      ...(max === undefined ? {} : { MaxHealthyPercentage: max }),
    };
  return policy
    ? {
        MinHealthyPercentage: policy.minHealthyPercentage,
        MaxHealthyPercentage: policy.maxHealthyPercentage,
      }
    : { MinHealthyPercentage: minHealthyDefault };
}

function readCheckpoints(
  given: RefreshPreferences,
): Pick<Preferences, 'CheckpointPercentages' | 'CheckpointDelay'> {
  const percentages = given.CheckpointPercentages ?? [];
  const delay = given.CheckpointDelay;
  if (percentages.length === 0) {
    if (delay !== undefined)
      throw validationError(
        `CheckpointDelay ${delay} is given without CheckpointPercentages. Specify both.`,
      );
    return {};
  }
  percentages.forEach((percentage, index) => {
    const before = percentages[index - 1];
    if (before !== undefined && before >= percentage)
      throw validationError(
        `CheckpointPercentages ${JSON.stringify(percentages)} must be unique and in ascending order.`,
      );
  });
  return {
    CheckpointPercentages: [...percentages],
    CheckpointDelay: delay ?? checkpointDelayDefaultSeconds,
  };
}

function readAlarms(given: RefreshPreferences): Pick<Preferences, 'AlarmSpecification'> {
  const alarms = given.AlarmSpecification?.Alarms ?? [];
  if (alarms.length > alarmsMax)
    throw validationError(
      `AlarmSpecification names ${alarms.length} alarms, at most ${alarmsMax} are allowed.`,
    );
  return alarms.length === 0 ? {} : { AlarmSpecification: { Alarms: [...alarms] } };
}
