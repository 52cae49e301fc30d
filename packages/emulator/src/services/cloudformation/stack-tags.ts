import type { Tag } from '@aws-sdk/client-cloudformation';
import type { Tags } from '../../cloudformation/stack-state.ts';
import { validationError } from '../../cloudformation/validation-error.ts';

// CloudFormation API Reference, Tag and CreateStack.
const tagsMax = 50;
const keyLengthMax = 128;
const valueLengthMax = 256;

/** @throws AwsError ValidationError */
export function readStackTags(tags: readonly Tag[] | undefined): Tags {
  const read: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of tags ?? []) {
    if (key.startsWith('aws:'))
      throw validationError('aws: prefixed tag key names are not allowed for external use.');
    if (key === '' || key.length > keyLengthMax || value.length > valueLengthMax)
      throw validationError(
        `a tag has a key of 1 to ${keyLengthMax} characters and a value of at most ${valueLengthMax}: ${key}`,
      );
    if (key in read) throw validationError(`Duplicate tag keys found: ${key}`);
    read[key] = value;
  }
  if (Object.keys(read).length > tagsMax)
    throw validationError(`a stack can have ${tagsMax} tags at most`);
  return read;
}

export const writeStackTags = (tags: Tags): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
