import type * as client from '@aws-sdk/client-ssm';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { parameterArn } from './parameter-arn.ts';
import { ssmState, type Parameter } from './state.ts';

interface Tagged {
  readonly ResourceType?: client.ResourceTypeForTagging | undefined;
  readonly ResourceId?: string | undefined;
}

const tagsMax = 50; // Systems Manager, AddTagsToResource: 50 tags

function require(input: Tagged, call: Call): Parameter {
  if (input.ResourceType !== 'Parameter')
    throw new AwsError(
      'InvalidResourceType',
      `tags of ${input.ResourceType ?? 'nothing'} are not modelled by this emulator, only those of a Parameter are`,
    );
  const found = ssmState.in(call).parameters.get(input.ResourceId ?? '');
  if (!found)
    throw new AwsError('InvalidResourceId', `Parameter ${input.ResourceId ?? ''} not found.`);
  return found;
}

const checkFor =
  (action: string) =>
  (input: Tagged, call: Call): AccessCheck => ({
    action,
    resource: parameterArn(call, input.ResourceId ?? ''),
    context: resourceTags(call, input),
  });

/** Source: Service Authorization Reference, Systems Manager: the condition key is `ssm:resourceTag` or `aws:ResourceTag`. */
function resourceTags(call: Call, input: Tagged): Record<string, string> {
  const tags = ssmState.in(call).parameters.get(input.ResourceId ?? '')?.tags ?? new Map();
  return Object.fromEntries([...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

/** What AWS checks of a caller who adds tags, be it while putting a parameter. */
export function addTagsCheck(call: Call, name: string, tags: readonly client.Tag[]): AccessCheck {
  const check = checkFor('ssm:AddTagsToResource')({ ResourceId: name }, call);
  return {
    ...check,
    context: {
      ...check.context,
      'aws:TagKeys': tags.map(({ Key = '' }) => Key),
      ...Object.fromEntries(
        tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]),
      ),
    },
  };
}

/**
 * Adds tags to those that a parameter has. CloudFormation sets the reserved ones.
 *
 * @throws AwsError for a reserved key, or when a parameter would have more tags than it can
 */
export function withTags(
  call: Call,
  before: ReadonlyMap<string, string>,
  added: readonly client.Tag[],
): Map<string, string> {
  const merged = new Map(before);
  for (const { Key = '', Value = '' } of added) {
    if (Key.toLowerCase().startsWith('aws:') && !call.via.includes('cloudformation.amazonaws.com'))
      throw new AwsError(
        'ValidationException',
        `The tag key ${Key} uses the reserved prefix aws:, which only AWS sets.`,
      );
    merged.set(Key, Value);
  }
  if (merged.size > tagsMax)
    throw new AwsError('TooManyTagsError', `a parameter can have ${tagsMax} tags at most`);
  return merged;
}

const addTagsToResource = operation<
  client.AddTagsToResourceCommandInput,
  Partial<client.AddTagsToResourceCommandOutput>
>({
  authorize: (input, call) => addTagsCheck(call, input.ResourceId ?? '', input.Tags ?? []),
  run(input, call) {
    const { tags } = require(input, call);
    for (const [name, value] of withTags(call, tags, input.Tags ?? [])) tags.set(name, value);
    return {};
  },
});

const removeTagsFromResource = operation<
  client.RemoveTagsFromResourceCommandInput,
  Partial<client.RemoveTagsFromResourceCommandOutput>
>({
  authorize: (input, call) => {
    const check = checkFor('ssm:RemoveTagsFromResource')(input, call);
    return { ...check, context: { ...check.context, 'aws:TagKeys': input.TagKeys ?? [] } };
  },
  run(input, call) {
    const { tags } = require(input, call);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
});

const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: checkFor('ssm:ListTagsForResource'),
  run: (input, call) => ({
    TagList: [...require(input, call).tags].map(([Key, Value]) => ({ Key, Value })),
  }),
});

export const tagOperations: Readonly<Record<string, Operation>> = {
  AddTagsToResource: addTagsToResource,
  ListTagsForResource: listTagsForResource,
  RemoveTagsFromResource: removeTagsFromResource,
};
