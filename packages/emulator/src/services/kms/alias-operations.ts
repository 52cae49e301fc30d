import type * as client from '@aws-sdk/client-kms';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { findOwnKey } from './find-key.ts';
import { requireCustomerManaged, requireNotPendingDeletion } from './key-operations.ts';
import { keyCheck } from './key-use.ts';
import { aliasesOf, kmsState, type Alias, type Key } from './state.ts';

const aliasesPerKeyMax = 50; // KMS quotas, aliases per key
const nameLengthMax = 256; // KMS API Reference, AliasName

/** Alias actions are checked on the alias by identity-based policies, and on its key by the key policy. */
function aliasChecks(
  call: Call,
  action: `kms:${string}`,
  name: string,
  keys: readonly Key[],
): AccessCheck[] {
  return [
    { action, resource: call.arn(name) },
    ...keys.map((key) =>
      keyCheck(call, key, action, { context: { 'kms:RequestAlias': undefined } }),
    ),
  ];
}

function checkAliasName(name: string): void {
  if (!/^alias\/[a-zA-Z0-9:/_-]+$/.test(name) || name.length > nameLengthMax)
    throw new AwsError('InvalidAliasNameException', `${name} is not a valid alias name`);
  if (name.startsWith('alias/aws/'))
    throw new AwsError('NotAuthorizedException', 'the prefix alias/aws/ is reserved', {
      status: 400,
    });
}

function requireAlias(call: Call, name: string | undefined): Alias {
  const alias = kmsState.in(call).aliases.get(name ?? '');
  if (!alias)
    throw new AwsError('NotFoundException', `Alias ${call.arn(name ?? '')} is not found.`);
  return alias;
}

function requireRoomForAlias(call: Call, key: Key): void {
  if (aliasesOf(kmsState.in(call), key.id).length >= aliasesPerKeyMax)
    throw new AwsError('LimitExceededException', `a key has at most ${aliasesPerKeyMax} aliases`);
}

const createAlias = operation<
  client.CreateAliasCommandInput,
  Partial<client.CreateAliasCommandOutput>
>({
  authorize: (input, call) =>
    aliasChecks(call, 'kms:CreateAlias', input.AliasName ?? '', [
      findOwnKey(call, input.TargetKeyId ?? ''),
    ]),
  run(input, call) {
    const name = input.AliasName ?? '';
    checkAliasName(name);
    const { aliases } = kmsState.in(call);
    const key = findOwnKey(call, input.TargetKeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    if (aliases.has(name))
      throw new AwsError(
        'AlreadyExistsException',
        `An alias with the name ${call.arn(name)} already exists`,
      );
    requireRoomForAlias(call, key);
    aliases.set(name, {
      name,
      arn: call.arn(name),
      createdAt: call.date,
      updatedAt: call.date,
      targetKeyId: key.id,
    });
    return {};
  },
});

const updateAlias = operation<
  client.UpdateAliasCommandInput,
  Partial<client.UpdateAliasCommandOutput>
>({
  authorize(input, call) {
    const alias = requireAlias(call, input.AliasName);
    return aliasChecks(call, 'kms:UpdateAlias', alias.name, [
      findOwnKey(call, alias.targetKeyId),
      findOwnKey(call, input.TargetKeyId ?? ''),
    ]);
  },
  run(input, call) {
    const alias = requireAlias(call, input.AliasName);
    checkAliasName(alias.name);
    const key = findOwnKey(call, input.TargetKeyId ?? '');
    requireCustomerManaged(key);
    requireNotPendingDeletion(key);
    if (alias.targetKeyId !== key.id) requireRoomForAlias(call, key);
    alias.targetKeyId = key.id;
    alias.updatedAt = call.date;
    return {};
  },
});

const deleteAlias = operation<
  client.DeleteAliasCommandInput,
  Partial<client.DeleteAliasCommandOutput>
>({
  authorize(input, call) {
    const alias = requireAlias(call, input.AliasName);
    return aliasChecks(call, 'kms:DeleteAlias', alias.name, [findOwnKey(call, alias.targetKeyId)]);
  },
  run(input, call) {
    const alias = requireAlias(call, input.AliasName);
    checkAliasName(alias.name);
    kmsState.in(call).aliases.delete(alias.name);
    return {};
  },
});

const listAliases = operation<
  client.ListAliasesCommandInput,
  Partial<client.ListAliasesCommandOutput>
>({
  // ListAliases has no resource-level permission.
  authorize: () => ({ action: 'kms:ListAliases', resource: '*' }),
  run(input, call) {
    const state = kmsState.in(call);
    const matching =
      input.KeyId === undefined
        ? state.aliases.values()
        : aliasesOf(state, findOwnKey(call, input.KeyId).id);
    const page = paginate(call, matching, {
      keyOf: ({ name }) => name,
      token: input.Marker,
      size: input.Limit ?? 50, // KMS API Reference, ListAliases, default
      sizeMax: 100, // KMS API Reference, ListAliases
      invalidToken: 'InvalidMarkerException',
    });
    return {
      Aliases: page.items.map((alias) => ({
        AliasName: alias.name,
        AliasArn: alias.arn,
        TargetKeyId: alias.targetKeyId,
        CreationDate: alias.createdAt,
        LastUpdatedDate: alias.updatedAt,
      })),
      Truncated: page.nextToken !== undefined,
      NextMarker: page.nextToken,
    };
  },
});

export const aliasOperations = {
  CreateAlias: createAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
  UpdateAlias: updateAlias,
};
