import type * as client from '@aws-sdk/client-kms';
import { AwsError } from '../../world/aws-error.ts';
import { paginate } from '../../world/paging.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import { addKey } from './add-key.ts';
import { findKey, findOwnKey } from './find-key.ts';
import { invalidState, keyCheck } from './key-use.ts';
import { keyMetadata } from './key-metadata.ts';
import { defaultKeyPolicy, readKeyPolicy } from './key-policy.ts';
import { checkLockout } from './policy-lockout.ts';
import { kmsState, type Key } from './state.ts';
import { addTags, requestTagContext } from './tags.ts';

/** @throws AwsError for a key that the account does not manage itself */
export function requireCustomerManaged(key: Key): void {
  if (key.managedFor !== undefined)
    throw new AwsError(
      'AccessDeniedException',
      `${key.arn} is an AWS managed key, which only ${key.managedFor} changes`,
    );
}

/** @throws AwsError KMSInvalidStateException for a key on its way out */
export function requireNotPendingDeletion(key: Key): void {
  if (key.state === 'PendingDeletion' || key.state === 'PendingReplicaDeletion')
    throw invalidState(key);
}

const createKey = operation<client.CreateKeyCommandInput, Partial<client.CreateKeyCommandOutput>>({
  authorize(input, call) {
    const context = {
      'kms:KeySpec': input.KeySpec ?? 'SYMMETRIC_DEFAULT',
      'kms:KeyUsage': input.KeyUsage ?? 'ENCRYPT_DECRYPT',
      'kms:KeyOrigin': input.Origin ?? 'AWS_KMS',
      'kms:MultiRegion': input.MultiRegion ?? false,
      'kms:MultiRegionKeyType': input.MultiRegion === true ? 'PRIMARY' : undefined,
      'kms:BypassPolicyLockoutSafetyCheck': input.BypassPolicyLockoutSafetyCheck ?? false,
      'kms:CallerAccount': call.caller.kind === 'service' ? undefined : call.caller.account,
      ...requestTagContext(input.Tags),
    };
    // CreateKey has no resource-level permission; tags need a right of their own on keys.
    const create = { action: 'kms:CreateKey', resource: '*', context };
    return (input.Tags ?? []).length === 0
      ? create
      : [create, { action: 'kms:TagResource', resource: call.arn('key/*'), context }];
  },
  run(input, call) {
    refuseUnmodelled(
      input,
      ['CustomKeyStoreId', 'CustomerMasterKeySpec', 'XksKeyId'],
      'UnsupportedOperationException',
    );
    const spec = input.KeySpec ?? 'SYMMETRIC_DEFAULT';
    if (spec !== 'SYMMETRIC_DEFAULT' || (input.KeyUsage ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT')
      throw new AwsError(
        'UnsupportedOperationException',
        `keys of the spec ${spec} for ${input.KeyUsage ?? 'ENCRYPT_DECRYPT'} are not modelled by this emulator`,
      );
    if ((input.Origin ?? 'AWS_KMS') !== 'AWS_KMS')
      throw new AwsError(
        'UnsupportedOperationException',
        `keys of the origin ${input.Origin ?? ''} are not modelled by this emulator`,
      );
    const tags = new Map<string, string>();
    addTags(tags, input.Tags);
    const policy = readKeyPolicy(call.world, input.Policy ?? defaultKeyPolicy(call.account));
    if (input.BypassPolicyLockoutSafetyCheck !== true)
      checkLockout(call, call.arn('key/new'), policy);
    const key = addKey(call, {
      description: input.Description ?? '',
      policy,
      isMultiRegion: input.MultiRegion ?? false,
      tags,
    });
    return { KeyMetadata: keyMetadata(key) };
  },
});

const describeKey = operation<
  client.DescribeKeyCommandInput,
  Partial<client.DescribeKeyCommandOutput>
>({
  authorize(input, call) {
    const { key, requestAlias } = findKey(call, input.KeyId ?? '');
    return keyCheck(call, key, 'kms:DescribeKey', {
      grantTokens: input.GrantTokens,
      context: { 'kms:RequestAlias': requestAlias },
    });
  },
  run: (input, call) => ({ KeyMetadata: keyMetadata(findKey(call, input.KeyId ?? '').key) }),
});

const listKeys = operation<client.ListKeysCommandInput, Partial<client.ListKeysCommandOutput>>({
  // ListKeys has no resource-level permission.
  authorize: () => ({ action: 'kms:ListKeys', resource: '*' }),
  run(input, call) {
    const page = paginate(call, kmsState.in(call).keys.values(), {
      keyOf: ({ id }) => id,
      token: input.Marker,
      size: input.Limit ?? 100, // KMS API Reference, ListKeys, default
      sizeMax: 1_000, // KMS API Reference, ListKeys
      invalidToken: 'InvalidMarkerException',
    });
    return {
      Keys: page.items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })),
      Truncated: page.nextToken !== undefined,
      NextMarker: page.nextToken,
    };
  },
});

const updateKeyDescription = operation<
  client.UpdateKeyDescriptionCommandInput,
  Partial<client.UpdateKeyDescriptionCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:UpdateKeyDescription'),
  run(input, call) {
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    key.description = input.Description ?? '';
    return {};
  },
});

function checkPolicyName(name: string | undefined): void {
  if (name !== undefined && name !== 'default')
    throw new AwsError('NotFoundException', `No such policy exists: ${name}`);
}

const getKeyPolicy = operation<
  client.GetKeyPolicyCommandInput,
  Partial<client.GetKeyPolicyCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:GetKeyPolicy'),
  run(input, call) {
    checkPolicyName(input.PolicyName);
    const key = findOwnKey(call, input.KeyId ?? '');
    return { Policy: key.policy.show(), PolicyName: 'default' };
  },
});

const putKeyPolicy = operation<
  client.PutKeyPolicyCommandInput,
  Partial<client.PutKeyPolicyCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findOwnKey(call, input.KeyId ?? ''), 'kms:PutKeyPolicy', {
      context: {
        'kms:BypassPolicyLockoutSafetyCheck': input.BypassPolicyLockoutSafetyCheck ?? false,
      },
    }),
  run(input, call) {
    checkPolicyName(input.PolicyName);
    const key = findOwnKey(call, input.KeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    const policy = readKeyPolicy(call.world, input.Policy ?? '');
    if (input.BypassPolicyLockoutSafetyCheck !== true) checkLockout(call, key.arn, policy);
    key.policy = policy;
    return {};
  },
});

export const keyOperations = {
  CreateKey: createKey,
  DescribeKey: describeKey,
  GetKeyPolicy: getKeyPolicy,
  ListKeys: listKeys,
  PutKeyPolicy: putKeyPolicy,
  UpdateKeyDescription: updateKeyDescription,
};
