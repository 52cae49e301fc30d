import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';

// EventBridge, EventBridge Scheduler and SNS API references, Tag: the same limits.
const tagsMax = 50;
const keyPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valuePattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** `aws:RequestTag/x` and `aws:TagKeys` of a request that sets tags. */
export const requestTagContext = (
  tags: readonly Tag[] | undefined,
): Readonly<Record<string, ContextValue | undefined>> => ({
  ...Object.fromEntries((tags ?? []).map((tag) => [`aws:RequestTag/${tag.Key ?? ''}`, tag.Value])),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map((tag) => tag.Key ?? '') : undefined,
});

/** `aws:ResourceTag/x` of a resource that exists. */
export const resourceTagContext = (
  tags: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, ContextValue>> =>
  Object.fromEntries([...(tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

/**
 * Adds tags to what a resource has. Keys with the prefix `aws:` are reserved; CloudFormation sets such tags.
 *
 * @param codes the service's codes for a wrong tag and for too many
 * @throws AwsError before anything is changed
 */
export function addTags(
  call: Call,
  existing: Map<string, string>,
  added: readonly Tag[] | undefined,
  codes: { readonly invalid: string; readonly tooMany: string },
): void {
  const isReservedFine = call.via.includes('cloudformation.amazonaws.com');
  const merged = new Map(existing);
  for (const { Key: key = '', Value: value = '' } of added ?? []) {
    if (!keyPattern.test(key) || !valuePattern.test(value))
      throw new AwsError(codes.invalid, `The tag ${key}=${value} is not valid.`);
    if (key.toLowerCase().startsWith('aws:') && !isReservedFine)
      throw new AwsError(codes.invalid, `The tag key ${key} uses the reserved prefix aws:.`);
    merged.set(key, value);
  }
  if (merged.size > tagsMax)
    throw new AwsError(codes.tooMany, `A resource has at most ${tagsMax} tags.`);
  for (const [key, value] of merged) existing.set(key, value);
}

export const describeTags = (tags: ReadonlyMap<string, string>): { Key: string; Value: string }[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value })).sort((a, b) => (a.Key < b.Key ? -1 : 1));
