import { TagResourceCommand, UntagResourceCommand, type Tag } from '@aws-sdk/client-eventbridge';
import type { Deployment, Properties } from '../../cloudformation/provider.ts';
import { isAwsError } from '../../world/aws-error.ts';

/** A property as the API takes it: text, or an object as JSON text. */
export const text = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

export const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Whether a look-up finds something. */
export async function exists(lookup: Promise<unknown>): Promise<boolean> {
  try {
    await lookup;
    return true;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return false;
    throw error;
  }
}

export async function updateTags(
  deployment: Deployment,
  arn: string,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  const wanted = deployment.tags(properties['Tags']);
  const gone = Object.keys(deployment.tags(previous['Tags'])).filter((key) => !(key in wanted));
  if (gone.length > 0)
    await deployment.call(new UntagResourceCommand({ ResourceARN: arn, TagKeys: gone }));
  await deployment.call(new TagResourceCommand({ ResourceARN: arn, Tags: tagList(wanted) }));
}
