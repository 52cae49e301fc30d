import type { Tag } from '@aws-sdk/client-organizations';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';

const tagsMax = 50; // Organizations quotas, tags per resource
const keyLengthMax = 128; // Organizations API Reference, Tag
const valueLengthMax = 256; // Organizations API Reference, Tag

/** @throws AwsError InvalidInputException or ConstraintViolationException */
export function mergedTags(
  existing: ReadonlyMap<string, string>,
  added: readonly Tag[] | undefined,
): Map<string, string> {
  const merged = new Map(existing);
  for (const { Key: key = '', Value: value = '' } of added ?? []) {
    if (/^aws:/i.test(key) || key.length < 1 || key.length > keyLengthMax)
      throw new AwsError('InvalidInputException', `"${key}" is not a valid tag key`, {
        details: { Reason: 'INVALID_SYSTEM_TAGS_PARAMETER' },
      });
    if (value.length > valueLengthMax)
      throw new AwsError('InvalidInputException', `the value of the tag ${key} is too long`, {
        details: { Reason: 'MAX_LENGTH_EXCEEDED' },
      });
    merged.set(key, value);
  }
  if (merged.size > tagsMax)
    throw new AwsError('ConstraintViolationException', `at most ${tagsMax} tags are allowed`, {
      details: { Reason: 'MAX_TAG_LIMIT_EXCEEDED' },
    });
  return merged;
}

/** The condition keys that follow from the tags of a request. */
export const requestTagContext = (
  tags: readonly Tag[] | undefined,
): Readonly<Record<string, ContextValue | undefined>> => ({
  ...Object.fromEntries(
    (tags ?? []).map(({ Key, Value }) => [`aws:RequestTag/${Key ?? ''}`, Value]),
  ),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map(({ Key }) => Key ?? '') : undefined,
});

export const describeTags = (tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }));
