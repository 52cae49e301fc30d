import type * as client from '@aws-sdk/client-kms';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { addKey } from './add-key.ts';
import { findOwnKey } from './find-key.ts';
import { keyMetadata } from './key-metadata.ts';
import { defaultKeyPolicy, readKeyPolicy } from './key-policy.ts';
import { keyCheck, requireUsable } from './key-use.ts';
import { checkLockout } from './policy-lockout.ts';
import { kmsState } from './state.ts';
import { addTags, requestTagContext } from './tags.ts';

/** KMS API Reference, ReplicateKey: "Creating" lasts a few seconds. */
const creatingMs = 5_000;

export const replicateKey = operation<
  client.ReplicateKeyCommandInput,
  Partial<client.ReplicateKeyCommandOutput>
>({
  authorize(input, call) {
    const region = input.ReplicaRegion ?? '';
    const context = {
      'kms:ReplicaRegion': region,
      'aws:RequestedRegion': region,
      ...requestTagContext(input.Tags),
    };
    return [
      keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:ReplicateKey', {
        context: { 'kms:ReplicaRegion': region },
      }),
      { action: 'kms:CreateKey', resource: '*', context },
      ...((input.Tags ?? []).length === 0
        ? []
        : [{ action: 'kms:TagResource', resource: call.at({ region }).arn('key/*'), context }]),
    ];
  },
  run(input, call) {
    const primary = findOwnKey(call, input.KeyId ?? '');
    requireUsable(primary);
    const region = input.ReplicaRegion ?? '';
    if (primary.multiRegion?.primaryRegion !== primary.region)
      throw new AwsError(
        'UnsupportedOperationException',
        `${primary.arn} is not a multi-Region primary key.`,
      );
    const there = call.at({ region });
    if (region === primary.region || kmsState.in(there).keys.has(primary.id))
      throw new AwsError(
        'AlreadyExistsException',
        `${there.arn(`key/${primary.id}`)} already exists`,
      );
    const tags = new Map<string, string>();
    addTags(tags, input.Tags);
    const policy = readKeyPolicy(call.world, input.Policy ?? defaultKeyPolicy(call.account));
    if (input.BypassPolicyLockoutSafetyCheck !== true)
      checkLockout(call, there.arn(`key/${primary.id}`), policy);
    const replica = addKey(there, {
      description: input.Description ?? '',
      policy,
      replicaOf: primary,
      tags,
    });
    primary.multiRegion.replicaRegions.add(region);
    there.after(creatingMs, `replica-ready ${replica.arn}`, () => {
      if (replica.state === 'Creating') replica.state = 'Enabled';
    });
    return {
      ReplicaKeyMetadata: keyMetadata(replica),
      ReplicaPolicy: replica.policy.show(),
    };
  },
});
