import type { Tag } from '@aws-sdk/client-iam';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';

const tagsMax = 50; // IAM quotas: tags per user, role, policy or instance profile
const tagKeyLengthMax = 128; // IAM API Reference, Tag
const tagValueLengthMax = 256; // IAM API Reference, Tag
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The condition keys that follow from the tags of the resource. */
export const tagContext = (
  tags: ReadonlyMap<string, string>,
): Readonly<Record<string, ContextValue>> =>
  Object.fromEntries(
    [...tags].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`iam:ResourceTag/${key}`, value],
    ]),
  );

/** The condition keys that follow from the tags of the request. */
export const requestTagContext = (
  tags: readonly Tag[] | undefined,
): Readonly<Record<string, ContextValue | undefined>> => ({
  ...Object.fromEntries((tags ?? []).map((tag) => [`aws:RequestTag/${tag.Key ?? ''}`, tag.Value])),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map((tag) => tag.Key ?? '') : undefined,
});

/**
 * Adds tags to what a resource has; keys are compared without regard to case.
 *
 * @throws AwsError when the tags cannot be added; then nothing has changed
 */
export function addTags(existing: Map<string, string>, added: readonly Tag[] | undefined): void {
  const merged = new Map(existing);
  for (const { Key: key = '', Value: value = '' } of added ?? []) {
    checkTag(key, value);
    removeTags(merged, [key]);
    merged.set(key, value);
  }
  if (merged.size > tagsMax)
    throw new AwsError('LimitExceeded', `a resource has at most ${tagsMax} tags`);
  existing.clear();
  for (const [key, value] of merged) existing.set(key, value);
}

/** The tags of a new resource. */
export const checkedTags = (added: readonly Tag[] | undefined): Map<string, string> => {
  const tags = new Map<string, string>();
  addTags(tags, added);
  return tags;
};

function checkTag(key: string, value: string): void {
  if (key.toLowerCase().startsWith('aws:'))
    throw new AwsError('InvalidInput', `the tag key ${key} begins with aws:, which is reserved`);
  if (key.length < 1 || key.length > tagKeyLengthMax || !tagText.test(key))
    throw new AwsError('ValidationError', `"${key}" is not a valid tag key`);
  if (value.length > tagValueLengthMax || !tagText.test(value))
    throw new AwsError('ValidationError', `"${value}" is not a valid value of the tag ${key}`);
}

export const removeTags = (
  tags: Map<string, string>,
  keys: readonly string[] | undefined,
): void => {
  for (const key of keys ?? [])
    for (const known of [...tags.keys()])
      if (known.toLowerCase() === key.toLowerCase()) tags.delete(known);
};

export const describeTags = (tags: ReadonlyMap<string, string>): Tag[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }));
