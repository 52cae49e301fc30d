import type * as client from '@aws-sdk/client-ecs';
import type { ContextValue } from '../../iam/condition-context.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { invalidParameter } from './errors.ts';
import type { Tags } from './state.ts';

const tagsMax = 50; // ECS API Reference, Tag

type Context = Readonly<Record<string, ContextValue | undefined>>;

/** Source: Service Authorization Reference, ECS: resources carry `aws:ResourceTag` and `ecs:ResourceTag`. */
export const resourceTagContext = (tags: ReadonlyMap<string, string> | undefined): Context =>
  Object.fromEntries(
    [...(tags ?? [])].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`ecs:ResourceTag/${key}`, value],
    ]),
  );

export const requestTagContext = (tags: readonly client.Tag[] | undefined): Context => ({
  ...Object.fromEntries((tags ?? []).map((tag) => [`aws:RequestTag/${tag.key ?? ''}`, tag.value])),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map((tag) => tag.key ?? '') : undefined,
});

/**
 * What is checked of a caller who creates a resource with tags.
 *
 * Source: ECS Developer Guide, "Tag Amazon ECS resources on creation": `ecs:TagResource` with `ecs:CreateAction`.
 */
export const creationTagChecks = (
  call: Call,
  resource: string,
  tags: readonly client.Tag[] | undefined,
): AccessCheck[] =>
  tags && tags.length > 0
    ? [
        {
          action: 'ecs:TagResource',
          resource,
          context: { ...requestTagContext(tags), 'ecs:CreateAction': call.operationName },
        },
      ]
    : [];

/** @throws AwsError when a tag is not valid; then nothing has changed */
export function addTags(
  call: Call,
  existing: Tags,
  added: readonly client.Tag[] | undefined,
): void {
  const merged = new Map(existing);
  for (const { key = '', value = '' } of added ?? []) {
    if (/^aws:/i.test(key) && call.via.length === 0)
      throw invalidParameter('Tag keys must not begin with aws:.');
    merged.set(key, value);
  }
  if ([...merged.keys()].filter((key) => !key.startsWith('aws:')).length > tagsMax)
    throw invalidParameter(`Too many tags: a resource has at most ${tagsMax}.`);
  for (const [key, value] of merged) existing.set(key, value);
}

export const newTags = (call: Call, added: readonly client.Tag[] | undefined): Tags => {
  const tags: Tags = new Map();
  addTags(call, tags, added);
  return tags;
};

export const describeTags = (tags: Tags): client.Tag[] =>
  [...tags].map(([key, value]) => ({ key, value }));
