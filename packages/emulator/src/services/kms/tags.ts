import type { Tag } from '@aws-sdk/client-kms';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';

const tagsMax = 50; // KMS quotas, tags per key

/** @throws AwsError TagException or LimitExceededException; then nothing has changed */
export function addTags(existing: Map<string, string>, added: readonly Tag[] | undefined): void {
  const merged = new Map(existing);
  for (const { TagKey: key = '', TagValue: value = '' } of added ?? []) {
    if (/^aws:/i.test(key))
      throw new AwsError('TagException', `the prefix of the tag key "${key}" is reserved`);
    merged.set(key, value);
  }
  if (merged.size > tagsMax)
    throw new AwsError('LimitExceededException', `a key has at most ${tagsMax} tags`);
  for (const [key, value] of merged) existing.set(key, value);
}

/** The condition keys that follow from the tags of a request. */
export const requestTagContext = (
  tags: readonly Tag[] | undefined,
): Readonly<Record<string, ContextValue | undefined>> => ({
  ...Object.fromEntries(
    (tags ?? []).map(({ TagKey, TagValue }) => [`aws:RequestTag/${TagKey ?? ''}`, TagValue]),
  ),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map(({ TagKey }) => TagKey ?? '') : undefined,
});

export const describeTags = (
  tags: ReadonlyMap<string, string>,
): { TagKey: string; TagValue: string }[] =>
  [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
