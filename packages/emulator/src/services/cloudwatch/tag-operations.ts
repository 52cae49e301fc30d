import type * as client from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { cloudwatchState, type Alarm } from './state.ts';
import { addTags, requestTagContext, resourceTagContext } from './tags.ts';

const findAlarm = (call: Call, arn: string | undefined): Alarm | undefined =>
  [...cloudwatchState.in(call).alarms.values()].find((alarm) => alarm.arn === arn);

function requireAlarm(call: Call, arn: string | undefined): Alarm {
  const alarm = findAlarm(call, arn);
  if (!alarm)
    throw new AwsError('ResourceNotFoundException', `There is no resource ${String(arn)}.`);
  return alarm;
}

const check = (call: Call, action: string, arn: string | undefined): AccessCheck => ({
  action: `cloudwatch:${action}`,
  resource: arn ?? '',
  context: resourceTagContext(findAlarm(call, arn)?.tags),
});

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) => {
    const { context, ...rest } = check(call, 'TagResource', input.ResourceARN);
    return { ...rest, context: { ...context, ...requestTagContext(input.Tags) } };
  },
  run(input, call) {
    addTags(requireAlarm(call, input.ResourceARN).tags, input.Tags);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) => {
    const { context, ...rest } = check(call, 'UntagResource', input.ResourceARN);
    return { ...rest, context: { ...context, 'aws:TagKeys': input.TagKeys } };
  },
  run(input, call) {
    const { tags } = requireAlarm(call, input.ResourceARN);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListTagsForResource', input.ResourceARN),
  run(input, call) {
    const { tags } = requireAlarm(call, input.ResourceARN);
    return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
  },
});
