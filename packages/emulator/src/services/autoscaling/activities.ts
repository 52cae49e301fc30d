import type { Scope } from '../../world/scope.ts';
import { ec2Arn } from '../ec2/arns.ts';
import { eventTime, publishServiceEvent } from '../events/publish.ts';
import type { Activity, Group } from './state.ts';

/** Where an instance goes or stood, as the details of activities and events say it. */
export interface Where {
  readonly subnetId: string | undefined;
  readonly availabilityZone: string;
}

const detailsOf = ({ subnetId, availabilityZone }: Where): Record<string, string> => ({
  ...(subnetId === undefined ? {} : { 'Subnet ID': subnetId }),
  'Availability Zone': availabilityZone,
});

/** `2026-11-21T08:00:00Z`, as causes write times. */
export const causeTime = (scope: Scope): string => eventTime(scope.date);

/** Begins to record what the group does. Source: EC2 Auto Scaling User Guide, "Verify a scaling activity". */
export function beginActivity(
  scope: Scope,
  group: Group,
  given: {
    readonly cause: string;
    readonly description: string;
    readonly status: string;
    readonly where: Where;
  },
): Activity {
  const activity: Activity = {
    id: scope.uuid('activity'),
    startedAt: scope.date,
    endedAt: undefined,
    cause: given.cause,
    description: given.description,
    status: given.status,
    statusMessage: undefined,
    progress: 0,
    details: JSON.stringify(detailsOf(given.where)),
  };
  group.activities.unshift(activity);
  return activity;
}

/** What an activity has led to. */
export interface Outcome {
  readonly kind: 'Launch' | 'Terminate';
  /** Why it failed; undefined for success. */
  readonly failure: string | undefined;
  readonly instanceId: string | undefined;
  /** A lifecycle action said no: such an activity is `Cancelled`, not `Failed`. */
  readonly isAbandoned?: boolean;
}

/**
 * Ends an activity and tells the world of it.
 *
 * Source: EC2 Auto Scaling User Guide, "EC2 Auto Scaling event reference": successful events carry the status code
 * `InProgress`.
 */
export function endActivity(
  scope: Scope,
  group: Group,
  activity: Activity,
  { kind, failure, instanceId, isAbandoned = false }: Outcome,
): void {
  activity.endedAt = scope.date;
  activity.progress = 100;
  activity.status = failure === undefined ? 'Successful' : isAbandoned ? 'Cancelled' : 'Failed';
  activity.statusMessage = failure;
  const { description } = activity;
  if (failure !== undefined) activity.description = `${description}.  Status Reason: ${failure}`;
  const isLaunch = kind === 'Launch';
  publishServiceEvent(scope, {
    source: 'aws.autoscaling',
    detailType: `EC2 Instance ${kind} ${failure === undefined ? 'Successful' : 'Unsuccessful'}`,
    resources: [
      group.arn,
      ...(instanceId === undefined ? [] : [ec2Arn(scope, 'instance', instanceId)]),
    ],
    detail: {
      StatusCode: failure === undefined ? 'InProgress' : 'Failed',
      StatusMessage: failure ?? '',
      ...(failure === undefined ? { Description: description } : {}),
      Cause: activity.cause,
      AutoScalingGroupName: group.name,
      ActivityId: activity.id,
      RequestId: activity.id,
      EC2InstanceId: instanceId ?? '',
      StartTime: eventTime(activity.startedAt),
      EndTime: eventTime(activity.endedAt),
      Details: JSON.parse(activity.details) as Record<string, string>,
      Origin: isLaunch ? 'EC2' : 'AutoScalingGroup',
      Destination: isLaunch ? 'AutoScalingGroup' : 'EC2',
    },
  });
}
