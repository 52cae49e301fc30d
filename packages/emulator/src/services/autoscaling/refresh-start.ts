import type * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { validationError } from './errors.ts';
import { findGroup, groupCheck } from './group-access.ts';
import { resolveSource, sourceChecks } from './launch-source.ts';
import { alarmsOf, readAlarms } from './refresh-alarms.ts';
import { beginRefresh } from './refresh-engine.ts';
import { readPreferences } from './refresh-preferences.ts';
import { dataOf, rollbackObstacle, templatesOf } from './refresh-reversible.ts';
import { requireLaunchable } from './require-launchable.ts';
import { activeRefresh, type Group, type LaunchSource, type Refresh } from './state.ts';
import { requireAlive } from './update-group.ts';

/**
 * Source: API Reference, StartInstanceRefresh; EC2 Auto Scaling User Guide, "How an instance refresh works".
 */
export const startInstanceRefresh = operation<
  client.StartInstanceRefreshCommandInput,
  Partial<client.StartInstanceRefreshCommandOutput>
>({
  authorize: (input, call) => [
    groupCheck(call, 'StartInstanceRefresh', input.AutoScalingGroupName),
    ...sourceChecks(
      call,
      input.DesiredConfiguration ?? {},
      findGroup(call, input.AutoScalingGroupName)?.subnetIds,
    ),
  ],
  async run(input, call) {
    onlyModelled(
      input,
      ['AutoScalingGroupName', 'DesiredConfiguration', 'Preferences', 'Strategy'],
      'ValidationError',
    );
    const group = requireAlive(call, input.AutoScalingGroupName);
    requireRolling(input.Strategy);
    const preferences = readPreferences(group, input.Preferences);
    const desired = readDesired(call, input.DesiredConfiguration);
    requireNoneActive(group);
    requireNoRequirements(call, { group, desired, preferences });
    if (preferences.AutoRollback) requireReversible(call, group, desired);
    if (desired) await requireLaunchable(call, group, desired);
    await requireAlarmsOk(call, preferences);
    // The look at the alarms took its time.
    requireNoneActive(group);
    const refresh = newRefresh(call, group, { preferences, desired });
    group.refreshes.unshift(refresh);
    beginRefresh(call, group, refresh);
    return { InstanceRefreshId: refresh.id };
  },
});

const newRefresh = (
  call: Call,
  group: Group,
  { preferences, desired }: Pick<Refresh, 'preferences' | 'desired'>,
): Refresh => ({
  id: call.uuid('instance-refresh'),
  status: 'Pending',
  statusReason: undefined,
  startedAt: call.date,
  endedAt: undefined,
  percentageComplete: 0,
  instancesToUpdate: group.members.size,
  preferences,
  desired,
  previous: group.source,
  rollback: undefined,
});

function requireRolling(strategy: string | undefined): void {
  if (strategy === undefined || strategy === 'Rolling') return;
  throw validationError(
    strategy === 'ReplaceRootVolume'
      ? 'the strategy ReplaceRootVolume is not modelled by this emulator'
      : `Strategy ${strategy} is not valid: it must be Rolling or ReplaceRootVolume.`,
  );
}

function readDesired(
  call: Call,
  given: client.DesiredConfiguration | undefined,
): LaunchSource | undefined {
  if (!given || Object.keys(given).length === 0) return undefined;
  const base = given.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  if (base.some(({ InstanceRequirements }) => InstanceRequirements !== undefined))
    throw requirementsRefused();
  return resolveSource(call, given);
}

const requirementsRefused = (): AwsError =>
  validationError(
    'SkipMatching and DesiredConfiguration are not supported for groups with attribute-based instance type selection (InstanceRequirements).',
  );

/** Source: API Reference, RefreshPreferences; User Guide, "Create a mixed instances group using attribute-based selection". */
function requireNoRequirements(
  call: Call,
  asked: {
    readonly group: Group;
    readonly desired: LaunchSource | undefined;
    readonly preferences: Refresh['preferences'];
  },
): void {
  const { group, desired, preferences } = asked;
  if (!desired && !preferences.SkipMatching) return;
  if (preferences.SkipMatching && (desired ?? group.source).kind === 'configuration')
    throw validationError(
      'SkipMatching is not supported for a group with a launch configuration unless the desired configuration has a launch template.',
    );
  const sources = [group.source, ...(desired ? [desired] : [])];
  if (sources.some((source) => hasRequirements(call, source))) throw requirementsRefused();
}

const hasRequirements = (call: Call, source: LaunchSource): boolean =>
  (source.kind === 'mixed' &&
    source.overrides.some(({ requirements }) => requirements !== undefined)) ||
  templatesOf(source).some(
    (template) => dataOf(call, template)?.InstanceRequirements !== undefined,
  );

function requireReversible(call: Call, group: Group, desired: LaunchSource | undefined): void {
  if (!desired)
    // The error's own text, as users report it.
    throw validationError(
      "The request isn't valid. The AutoRollback parameter cannot be set to true when the DesiredConfiguration parameter is empty. Set AutoRollback to false or specify a desired configuration and try again.",
    );
  const obstacle = rollbackObstacle(call, group.source);
  if (obstacle !== undefined)
    throw validationError(`The AutoRollback parameter cannot be set to true: ${obstacle}`);
}

/** Source: User Guide, "Start an instance refresh with auto rollback": an alarm must be in the OK state at the start. */
async function requireAlarmsOk(call: Call, preferences: Refresh['preferences']): Promise<void> {
  for (const { name, state } of await readAlarms(call, alarmsOf(preferences)))
    if (state !== 'OK')
      throw validationError(
        state === undefined
          ? `The CloudWatch alarm ${name} does not exist.`
          : `The CloudWatch alarm ${name} is in the ${state} state. It must be in the OK state to start an instance refresh.`,
      );
}

function requireNoneActive(group: Group): void {
  if (activeRefresh(group))
    throw new AwsError(
      'InstanceRefreshInProgress',
      'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
    );
}
