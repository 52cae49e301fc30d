import {
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  StartInstanceRefreshCommand,
  type AutoScalingGroup,
  type InstanceRefresh,
  type RefreshPreferences,
  type StartInstanceRefreshCommandInput,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { cloudwatch } from '../src/services/cloudwatch/operations.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { minutes, scalingFixture, seconds, type ScalingFixture } from './scaling-fixture.ts';

/** A world where the instances of groups are refreshed. */
export interface RefreshFixture extends ScalingFixture {
  readonly cloudwatch: CloudWatchClient;
  /** Template version 2: another instance type, so that old and new can be told apart. */
  readonly newVersion: string;
  /** Starts a refresh to version 2 with a warm-up of one minute, unless the input says otherwise; its id. */
  readonly start: (
    name: string,
    preferences?: RefreshPreferences,
    input?: Partial<StartInstanceRefreshCommandInput>,
  ) => Promise<string>;
  /** The newest refresh of a group. */
  readonly refresh: (name: string) => Promise<InstanceRefresh>;
  /** Runs until the newest refresh has the status. */
  readonly reach: (
    name: string,
    status: InstanceRefresh['Status'],
    limitMs?: number,
  ) => Promise<InstanceRefresh>;
  /** How many instances in service there are of each template version, e.g. `{1: 2, 2: 1}`. */
  readonly versions: (name: string) => Promise<Readonly<Record<string, number>>>;
  /** An alarm on a metric that nobody writes; it stays in the state that it is given. */
  readonly alarm: (name: string, state: StateValue) => Promise<void>;
  /** Names of the refresh events so far, without what all names have in common. */
  readonly refreshEvents: () => readonly string[];
}

/** A refresh of an hour is looked at some four hundred times. */
const lookEveryMs = 10_000;
const eventPrefix = 'EC2 Auto Scaling Instance Refresh ';

export async function refreshFixture(
  others: readonly ServiceDefinition[] = [],
  settings: Partial<WorldSettings> = {},
): Promise<RefreshFixture> {
  const given = await scalingFixture([cloudwatch, ...others], settings);
  const metrics = given.client(CloudWatchClient);
  const newVersion = await given.addVersion({ InstanceType: 't3.small' });
  const refresh: RefreshFixture['refresh'] = async (name) => {
    const { InstanceRefreshes: [found] = [] } = await given.scaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name }),
    );
    if (!found) throw new Error(`no refresh of ${name}`);
    return found;
  };
  return {
    ...given,
    cloudwatch: metrics,
    newVersion,
    refresh,
    async start(name, preferences = {}, input = {}) {
      const { InstanceRefreshId = '' } = await given.scaling.send(
        new StartInstanceRefreshCommand({
          AutoScalingGroupName: name,
          DesiredConfiguration: {
            LaunchTemplate: { LaunchTemplateId: given.templateId, Version: newVersion },
          },
          Preferences: { InstanceWarmup: 60, ...preferences },
          ...input,
        }),
      );
      return InstanceRefreshId;
    },
    async reach(name, status, limitMs = 60 * minutes) {
      let seen: string[] = [];
      await given
        .runUntil(
          async () => {
            const { Status, StatusReason = '' } = await refresh(name);
            seen = [...seen, `${Status ?? ''} ${StatusReason}`].slice(-1);
            return Status === status;
          },
          limitMs,
          lookEveryMs,
        )
        .catch((error: unknown) => {
          throw new Error(`${String(error)}: ${status ?? ''} is not reached, but ${seen.join()}`);
        });
      return refresh(name);
    },
    async versions(name) {
      const { AutoScalingGroups: [group] = [] } = await given.scaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      return countVersions(group);
    },
    async alarm(name, state) {
      await metrics.send(
        new PutMetricAlarmCommand({
          AlarmName: name,
          Namespace: 'test',
          MetricName: name,
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          // Without data the alarm keeps the state that it has been given.
          TreatMissingData: 'ignore',
        }),
      );
      await given.world.scheduler.runFor(5 * seconds);
      await metrics.send(
        new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: 'a test' }),
      );
    },
    refreshEvents: () =>
      given.world.journal.entries.flatMap(({ name, detail: { event } }) =>
        name === 'event-published' && isEvent(event) && event['detail-type'].startsWith(eventPrefix)
          ? [event['detail-type'].slice(eventPrefix.length)]
          : [],
      ),
  };
}

const isEvent = (value: unknown): value is { readonly 'detail-type': string } =>
  typeof value === 'object' && value !== null && 'detail-type' in value;

function countVersions(group: AutoScalingGroup | undefined): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { LifecycleState, LaunchTemplate } of group?.Instances ?? [])
    if (LifecycleState === 'InService') {
      const version = LaunchTemplate?.Version ?? '';
      counts[version] = (counts[version] ?? 0) + 1;
    }
  return counts;
}
