import type * as client from '@aws-sdk/client-s3';
import { AwsError } from '../../world/aws-error.ts';
import { malformedXml } from './errors.ts';

// S3 User Guide, "Categorizing your storage using tags"; Billing guide, "User-defined tag restrictions".
const keyLengthMax = 128;
const valueLengthMax = 256;
export const objectTagsMax = 10;
export const bucketTagsMax = 50;

const invalidTag = (message: string): AwsError => new AwsError('InvalidTag', message);

/** @throws AwsError `InvalidTag`, `BadRequest` for too many or `MalformedXML` for a repeated key */
export function tagMap(
  tags: readonly client.Tag[],
  limits: { readonly countMax: number; readonly mayUseSystemTags?: boolean },
): Map<string, string> {
  const result = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > keyLengthMax) throw invalidTag(`invalid tag key: ${Key}`);
    if (Value.length > valueLengthMax) throw invalidTag(`invalid tag value: ${Value}`);
    if (Key.startsWith('aws:') && limits.mayUseSystemTags !== true)
      throw invalidTag('System tags cannot be added/updated by requester');
    if (result.has(Key)) throw malformedXml(`the tag key ${Key} is there twice`);
    result.set(Key, Value);
  }
  const own = [...result.keys()].filter((key) => !key.startsWith('aws:'));
  if (own.length > limits.countMax)
    throw new AwsError('BadRequest', `Tags cannot be greater than ${limits.countMax}`);
  return result;
}

/** The `x-amz-tagging` header: `a=1&b=2`. */
export function tagsOfHeader(header: string | undefined): Map<string, string> {
  if (header === undefined) return new Map();
  const tags = [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
  return tagMap(tags, { countMax: objectTagsMax });
}

export const tagSet = (tags: ReadonlyMap<string, string>): client.Tag[] =>
  [...tags].map(([Key, Value]) => ({ Key, Value }));

/** Condition keys of a request that sets object tags. */
export const requestTagContext = (
  tags: ReadonlyMap<string, string>,
): Readonly<Record<string, string | readonly string[]>> => ({
  ...Object.fromEntries([...tags].map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
  ...(tags.size === 0 ? {} : { 's3:RequestObjectTagKeys': [...tags.keys()] }),
});
