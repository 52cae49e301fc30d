import type { Tag } from '@aws-sdk/client-cloudwatch';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';

const tagsMax = 50; // CloudWatch API Reference, TagResource

export const requestTagContext = (
  tags: readonly Tag[] | undefined,
): Readonly<Record<string, ContextValue | undefined>> => ({
  ...Object.fromEntries((tags ?? []).map((tag) => [`aws:RequestTag/${tag.Key ?? ''}`, tag.Value])),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map((tag) => tag.Key ?? '') : undefined,
});

export const resourceTagContext = (
  tags: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, ContextValue>> =>
  Object.fromEntries([...(tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

/** @throws AwsError before anything is changed */
export function addTags(existing: Map<string, string>, added: readonly Tag[] | undefined): void {
  for (const { Key: key = '', Value: value = '' } of added ?? []) {
    if (new Set([...existing.keys(), key]).size > tagsMax)
      throw new AwsError('InvalidParameterValue', `a resource has at most ${tagsMax} tags`);
    existing.set(key, value);
  }
}

export const newTags = (added: readonly Tag[] | undefined): Map<string, string> => {
  const tags = new Map<string, string>();
  addTags(tags, added);
  return tags;
};
