import type * as client from '@aws-sdk/client-auto-scaling';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { unmodelled } from './errors.ts';
import { requireGroup } from './group-access.ts';
import { checkListLength, checkPageSize } from './list-limits.ts';
import { autoScalingState, type Activity, type Group } from './state.ts';

const pageMax = 100; // API Reference, DescribeScalingActivities, MaxRecords: default and maximum 100
const idsMax = 50; // API Reference, DescribeScalingActivities, ActivityIds
const shownMs = 6 * 7 * 24 * 3600 * 1000; // the same page: activities of the last six weeks
const newestFirst = 8_640_000_000_000_000; // the greatest time there is

export const describeActivity = (group: Group, activity: Activity): client.Activity => ({
  ActivityId: activity.id,
  AutoScalingGroupName: group.name,
  AutoScalingGroupARN: group.arn,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: activity.startedAt,
  EndTime: activity.endedAt,
  StatusCode: activity.status as client.ScalingActivityStatusCode,
  StatusMessage: activity.statusMessage,
  Progress: activity.progress,
  Details: activity.details,
});

export const describeScalingActivities = operation<
  client.DescribeScalingActivitiesCommandInput,
  Partial<client.DescribeScalingActivitiesCommandOutput>
>({
  authorize: () => ({ action: 'autoscaling:DescribeScalingActivities', resource: '*' }),
  run(input, call) {
    if (input.IncludeDeletedGroups === true) throw unmodelled('IncludeDeletedGroups');
    if (input.Filters !== undefined) throw unmodelled('Filters');
    checkPageSize(input.MaxRecords, pageMax);
    checkListLength('ActivityIds', input.ActivityIds, idsMax);
    const groups =
      input.AutoScalingGroupName === undefined
        ? [...autoScalingState.in(call).groups.values()]
        : [requireGroup(call, input.AutoScalingGroupName)];
    const found = groups.flatMap((group) =>
      group.activities
        .filter(
          ({ id, startedAt }) =>
            (input.ActivityIds === undefined || input.ActivityIds.includes(id)) &&
            call.now - startedAt.getTime() < shownMs,
        )
        .map((activity, index) => ({ group, activity, index })),
    );
    const page = paginate(call, found, {
      keyOf: ({ group, activity, index }) =>
        `${numericKey(newestFirst - activity.startedAt.getTime())}/${group.name}/${numericKey(index)}`,
      token: input.NextToken,
      size: input.MaxRecords,
      sizeMax: pageMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      Activities: page.items.map(({ group, activity }) => describeActivity(group, activity)),
      NextToken: page.nextToken,
    };
  },
});
