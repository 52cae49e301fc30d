import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import { onlyModelled } from '../../world/only-modelled.ts';
import { validationError } from './errors.ts';
import type { Group, Refresh } from './state.ts';

// Numbers: EC2 Auto Scaling API Reference, RefreshPreferences; EC2 Auto Scaling User Guide, "Understand the default
// values for an instance refresh".
const minHealthyDefault = 90;
const healthySpanMax = 100;
const checkpointDelayDefaultSeconds = 3_600;
const checkpointDelayMaxSeconds = 172_800;
const bakeMaxSeconds = 172_800;
const alarmsMax = 10;
const alarmNameLengthMax = 255;

type Preferences = Refresh['preferences'];

/**
 * The preferences of a new instance refresh: what the caller gave, checked, and the defaults of the API for the rest,
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
      inRange('InstanceWarmup', given.InstanceWarmup, 0) ??
      group.defaultInstanceWarmupSeconds ??
      group.healthCheckGracePeriodSeconds,
    SkipMatching: given.SkipMatching ?? false,
    AutoRollback: given.AutoRollback ?? false,
    ScaleInProtectedInstances:
      oneOf('ScaleInProtectedInstances', given.ScaleInProtectedInstances, [
        'Refresh',
        'Ignore',
        'Wait',
      ]) ?? 'Wait',
    StandbyInstances:
      oneOf('StandbyInstances', given.StandbyInstances, ['Terminate', 'Ignore', 'Wait']) ?? 'Wait',
    BakeTime: inRange('BakeTime', given.BakeTime, 0, bakeMaxSeconds) ?? 0,
  };
}

function readHealthy(
  group: Pick<Group, 'instanceMaintenancePolicy'>,
  given: RefreshPreferences,
): Pick<Preferences, 'MinHealthyPercentage' | 'MaxHealthyPercentage'> {
  const min = inRange('MinHealthyPercentage', given.MinHealthyPercentage, 0, 100);
  const max = inRange('MaxHealthyPercentage', given.MaxHealthyPercentage, 100, 200);
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
  const delay = inRange('CheckpointDelay', given.CheckpointDelay, 0, checkpointDelayMaxSeconds);
  if (percentages.length === 0) {
    if (delay !== undefined)
      throw validationError(
        `CheckpointDelay ${delay} is given without CheckpointPercentages. Specify both.`,
      );
    return {};
  }
  percentages.forEach((percentage, index) => {
    inRange('CheckpointPercentages', percentage, 1, 100);
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
  for (const name of alarms)
    if (name === '' || name.length > alarmNameLengthMax)
      throw validationError(
        `The alarm name ${JSON.stringify(name)} has ${name.length} characters.`,
      );
  return alarms.length === 0 ? {} : { AlarmSpecification: { Alarms: [...alarms] } };
}

function inRange(
  name: string,
  value: number | undefined,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (value !== undefined && (!Number.isInteger(value) || value < min || value > max))
    throw validationError(
      `${name} ${value} is not valid: it must be a whole number ${
        max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
      }.`,
    );
  return value;
}

function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value !== undefined && !allowed.includes(value))
    throw validationError(
      `${name} ${value} is not valid: it must be one of ${allowed.join(', ')}.`,
    );
  return value;
}
