import type * as client from '@aws-sdk/client-sfn';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import {
  addTags,
  invalidArn,
  isMachineArn,
  machineCheck,
  requestTagContext,
} from './machine-lookup.ts';
import { stepFunctionsState } from './state.ts';

function tagsOf(call: Call, arn: string): Map<string, string> {
  if (!isMachineArn(arn)) throw invalidArn(arn);
  const machine = stepFunctionsState.in(call).machines.get(arn);
  if (!machine)
    throw new AwsError('ResourceNotFound', `Resource not found: '${arn}'`, {
      details: { resourceName: arn },
    });
  return machine.tags;
}

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    machineCheck(call, 'TagResource', input.resourceArn, requestTagContext(input.tags)),
  run(input, call) {
    const arn = input.resourceArn ?? '';
    addTags(tagsOf(call, arn), arn, input.tags ?? []);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    machineCheck(call, 'UntagResource', input.resourceArn, { 'aws:TagKeys': input.tagKeys }),
  run(input, call) {
    const tags = tagsOf(call, input.resourceArn ?? '');
    for (const key of input.tagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => machineCheck(call, 'ListTagsForResource', input.resourceArn),
  run: (input, call) => ({
    tags: [...tagsOf(call, input.resourceArn ?? '')].map(([key, value]) => ({ key, value })),
  }),
});
