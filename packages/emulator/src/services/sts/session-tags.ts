import type { AssumeRoleCommandInput, Tag } from '@aws-sdk/client-sts';
import type { Principal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';

// STS API Reference, AssumeRole
const sessionTagsMax = 50;

type Tags = Readonly<Record<string, string>>;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
const lowerCase = (text: string): string => text.toLowerCase();

/** The tags that the sessions before this one pass on. */
export const inheritedTags = (caller: Principal): Tags =>
  caller.kind === 'assumed-role' ? (caller.transitiveTags ?? {}) : {};

/** The tags of a request as a record. */
export const requestedTags = (tags: readonly Tag[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));

/** What the new session passes on: what it inherits, and what the request says. */
export function transitiveTags(
  { Tags: tags, TransitiveTagKeys: keys }: AssumeRoleCommandInput,
  caller: Principal,
): Tags {
  const transitive = new Set((keys ?? []).map(lowerCase));
  return {
    ...inheritedTags(caller),
    ...Object.fromEntries(
      Object.entries(requestedTags(tags)).filter(([key]) => transitive.has(lowerCase(key))),
    ),
  };
}

/**
 * Checks the session tags of a request. Keys are compared without case; a tag that the caller's session passes on
 * cannot be set again.
 *
 * @throws AwsError ValidationError or InvalidParameterValue
 * Source: IAM User Guide, "Pass session tags in AWS STS", with "Chaining roles with session tags".
 */
export function checkSessionTags(
  { Tags: tags = [], TransitiveTagKeys: transitive = [] }: AssumeRoleCommandInput,
  caller: Principal,
): void {
  if (tags.length > sessionTagsMax)
    throw new AwsError('ValidationError', `at most ${sessionTagsMax} session tags can be passed`);
  const seen = new Set<string>();
  for (const { Key: key = '' } of tags) {
    checkTag(key);
    if (seen.has(lowerCase(key)))
      throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    seen.add(lowerCase(key));
  }
  if (!transitive.every((key) => seen.has(lowerCase(key))))
    throw invalid('The specified transitive tag key must be included in the requested tags.');
  if (Object.keys(inheritedTags(caller)).some((key) => seen.has(lowerCase(key))))
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
}

function checkTag(key: string): void {
  if (/^aws:/i.test(key))
    throw new AwsError('ValidationError', `"${key}" is not a valid key of a session tag`);
}
