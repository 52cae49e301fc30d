import type { Tag } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { validationError } from './errors.ts';
import type { Group, GroupTag } from './state.ts';

const tagsMax = 50; // EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances", tag restrictions
const resourceType = 'auto-scaling-group';

/**
 * Tags as a request gives them, checked.
 *
 * @throws AwsError ValidationError for what does not fit; the prefix `aws:` is for services only
 */
export function readTags(call: Call, tags: readonly Tag[] | undefined): readonly GroupTag[] {
  return (tags ?? []).map((tag) => {
    const { Key: key = '', Value: value = '', PropagateAtLaunch = false } = tag;
    if (tag.ResourceType !== undefined && tag.ResourceType !== resourceType)
      throw validationError(`Invalid tag resource type ${tag.ResourceType}`);
    if (/^aws:/i.test(key) && !call.via.includes('cloudformation.amazonaws.com'))
      throw validationError(`Tag key ${key} is reserved: keys cannot begin with aws:`);
    return { key, value, propagateAtLaunch: PropagateAtLaunch };
  });
}

/** @throws AwsError LimitExceeded when there would be too many; then nothing has changed */
export function putTags(tags: Group['tags'], added: readonly GroupTag[]): void {
  const keys = new Set([...tags.keys(), ...added.map(({ key }) => key)]);
  const own = [...keys].filter((key) => !key.startsWith('aws:'));
  if (own.length > tagsMax)
    throw new AwsError(
      'LimitExceeded',
      `You have exceeded the limit of ${tagsMax} tags for an Auto Scaling group.`,
    );
  for (const tag of added) tags.set(tag.key, tag);
}
