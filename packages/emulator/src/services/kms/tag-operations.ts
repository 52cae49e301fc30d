import type * as client from '@aws-sdk/client-kms';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { findOwnKey } from './find-key.ts';
import { requireCustomerManaged, requireNotPendingDeletion } from './key-operations.ts';
import { keyCheck } from './key-use.ts';
import { addTags, describeTags, requestTagContext } from './tags.ts';

const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:TagResource', {
      context: requestTagContext(input.Tags),
    }),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    addTags(key.tags, input.Tags);
    return {};
  },
});

const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:UntagResource', {
      context: { 'aws:TagKeys': input.TagKeys },
    }),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    for (const name of input.TagKeys ?? []) key.tags.delete(name);
    return {};
  },
});

const listResourceTags = operation<
  client.ListResourceTagsCommandInput,
  Partial<client.ListResourceTagsCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:ListResourceTags'),
  run(input, call) {
    const page = paginate(call, describeTags(findOwnKey(call, input.KeyId ?? '').tags), {
      keyOf: ({ TagKey }) => TagKey,
      token: input.Marker,
      size: input.Limit,
      sizeMax: 50, // KMS API Reference, ListResourceTags
      invalidToken: 'InvalidMarkerException',
    });
    return {
      Tags: [...page.items],
      Truncated: page.nextToken !== undefined,
      NextMarker: page.nextToken,
    };
  },
});

export const tagOperations = {
  ListResourceTags: listResourceTags,
  TagResource: tagResource,
  UntagResource: untagResource,
};
