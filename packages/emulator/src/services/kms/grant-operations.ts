import type * as client from '@aws-sdk/client-kms';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import type { World } from '../../world/world.ts';
import { bindPolicy } from '../iam/principal-binding.ts';
import { findKeyWithoutAlias } from './find-key.ts';
import { isGrantee } from './grant-match.ts';
import { keyCheck, requireUsable, viaService } from './key-use.ts';
import { kmsState, type Grant, type Key } from './state.ts';

const grantsMax = 50_000; // KMS quotas, grants per key

/** KMS API Reference, CreateGrant, Operations, for symmetric keys. */
const grantableOperations = new Set([
  'CreateGrant',
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
]);

/** Bound to the principal of today: made again under the same name it is somebody else. */
function compileFor(world: World, principal: string): CompiledPolicy {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:*', Resource: '*' },
  });
  try {
    return bindPolicy(world, document, {
      name: 'grant',
      kind: 'resource',
      resourceElement: 'required',
    }).compiled;
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw new AwsError(
        'InvalidArnException',
        `ARN does not refer to a valid principal: ${principal}`,
        {
          cause: error,
        },
      );
    throw error;
  }
}

const createGrantCheck = (input: client.CreateGrantCommandInput, call: Call): AccessCheck => {
  const { Constraints: constraints } = input;
  return keyCheck(call, findKeyWithoutAlias(call, input.KeyId ?? ''), 'kms:CreateGrant', {
    grantTokens: input.GrantTokens,
    context: {
      'kms:GrantIsForAWSResource': viaService(call) !== undefined,
      'kms:GrantOperations': input.Operations,
      'kms:GranteePrincipal': input.GranteePrincipal,
      'kms:RetiringPrincipal': input.RetiringPrincipal,
      'kms:GrantConstraintType':
        constraints?.EncryptionContextEquals !== undefined
          ? 'EncryptionContextEquals'
          : constraints?.EncryptionContextSubset !== undefined
            ? 'EncryptionContextSubset'
            : undefined,
    },
  });
};

function checkOperations(operations: readonly string[] | undefined): readonly string[] {
  const [first, ...rest] = operations ?? [];
  if (first === undefined) throw new AwsError('ValidationException', 'a grant names no operation');
  const strange = [first, ...rest].find((name) => !grantableOperations.has(name));
  if (strange !== undefined)
    throw new AwsError(
      'ValidationException',
      `${strange} cannot be granted on a symmetric encryption key here`,
    );
  return [first, ...rest];
}

const createGrant = operation<
  client.CreateGrantCommandInput,
  Partial<client.CreateGrantCommandOutput>
>({
  authorize: createGrantCheck,
  run(input, call) {
    refuseUnmodelled(input, ['DryRun'], 'ValidationException');
    const key = findKeyWithoutAlias(call, input.KeyId ?? '');
    requireUsable(key);
    const grantee = input.GranteePrincipal ?? '';
    if (!/^arn:aws:(iam|sts)::\d{12}:(user|role|assumed-role)\//.test(grantee))
      throw new AwsError(
        'InvalidArnException',
        `${grantee} is not a user, role or role session; others are not modelled by this emulator`,
      );
    if (key.grants.size >= grantsMax)
      throw new AwsError('LimitExceededException', `a key has at most ${grantsMax} grants`);
    const grant: Grant = {
      id: call.hex('grant', 64),
      token: Buffer.from(call.hex('grant-token', 64)).toString('base64url'),
      name: input.Name,
      keyId: key.id,
      granteePrincipal: grantee,
      retiringPrincipal: input.RetiringPrincipal,
      issuingAccount: call.account,
      operations: checkOperations(input.Operations),
      contextEquals: input.Constraints?.EncryptionContextEquals,
      contextSubset: input.Constraints?.EncryptionContextSubset,
      createdAt: call.date,
      effectiveAt: call.now + call.world.settings.iamPropagationMs,
      compiled: compileFor(call.world, grantee),
    };
    const same = [...key.grants.values()].find((known) => isSameGrant(known, grant));
    if (same) return { GrantId: same.id, GrantToken: grant.token };
    key.grants.set(grant.id, grant);
    return { GrantId: grant.id, GrantToken: grant.token };
  },
});

/** KMS API Reference, CreateGrant, Name: with a name, the same request again gives the same grant. */
const isSameGrant = (a: Grant, b: Grant): boolean =>
  a.name !== undefined && settingsOf(a) === settingsOf(b);

const settingsOf = (grant: Grant): string =>
  JSON.stringify([
    grant.name,
    grant.granteePrincipal,
    grant.retiringPrincipal,
    [...grant.operations].sort(),
    grant.contextEquals,
    grant.contextSubset,
  ]);

const listGrants = operation<
  client.ListGrantsCommandInput,
  Partial<client.ListGrantsCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findKeyWithoutAlias(call, input.KeyId ?? ''), 'kms:ListGrants'),
  run(input, call) {
    const key = findKeyWithoutAlias(call, input.KeyId ?? '');
    const matching = [...key.grants.values()].filter(
      (grant) =>
        (input.GrantId === undefined || grant.id === input.GrantId) &&
        (input.GranteePrincipal === undefined || grant.granteePrincipal === input.GranteePrincipal),
    );
    const page = paginate(call, matching, {
      keyOf: ({ id }) => id,
      token: input.Marker,
      size: input.Limit ?? 50, // KMS API Reference, ListGrants, default
      sizeMax: 100, // KMS API Reference, ListGrants
      invalidToken: 'InvalidMarkerException',
    });
    return {
      Grants: page.items.map((grant) => describeGrant(key, grant)),
      Truncated: page.nextToken !== undefined,
      NextMarker: page.nextToken,
    };
  },
});

const describeGrant = (key: Key, grant: Grant): client.GrantListEntry => ({
  KeyId: key.arn,
  GrantId: grant.id,
  Name: grant.name,
  CreationDate: grant.createdAt,
  GranteePrincipal: grant.granteePrincipal,
  RetiringPrincipal: grant.retiringPrincipal,
  IssuingAccount: `arn:aws:iam::${grant.issuingAccount}:root`,
  Operations: grant.operations as client.GrantOperation[],
  Constraints:
    grant.contextEquals !== undefined || grant.contextSubset !== undefined
      ? {
          EncryptionContextEquals: grant.contextEquals,
          EncryptionContextSubset: grant.contextSubset,
        }
      : undefined,
});

function requireGrant(key: Key, id: string | undefined): Grant {
  const grant = key.grants.get(id ?? '');
  if (!grant) throw new AwsError('NotFoundException', `Grant ID ${id ?? ''} not found`);
  return grant;
}

const revokeGrant = operation<
  client.RevokeGrantCommandInput,
  Partial<client.RevokeGrantCommandOutput>
>({
  authorize: (input, call) =>
    keyCheck(call, findKeyWithoutAlias(call, input.KeyId ?? ''), 'kms:RevokeGrant', {
      context: { 'kms:GrantIsForAWSResource': viaService(call) !== undefined },
    }),
  run(input, call) {
    refuseUnmodelled(input, ['DryRun'], 'ValidationException');
    const key = findKeyWithoutAlias(call, input.KeyId ?? '');
    key.grants.delete(requireGrant(key, input.GrantId).id);
    return {};
  },
});

/** A grant by token, or by key and id. */
function findRetirable(
  input: client.RetireGrantCommandInput,
  call: Call,
): { key: Key; grant: Grant } {
  if (input.GrantToken === undefined) {
    const key = findKeyWithoutAlias(call, input.KeyId ?? '');
    return { key, grant: requireGrant(key, input.GrantId) };
  }
  for (const { state } of kmsState.all(call.world))
    for (const key of state.keys.values())
      for (const grant of key.grants.values())
        if (grant.token === input.GrantToken && key.region === call.region) return { key, grant };
  throw new AwsError('InvalidGrantTokenException', 'the grant token is invalid');
}

const retireGrant = operation<
  client.RetireGrantCommandInput,
  Partial<client.RetireGrantCommandOutput>
>({
  // Who may retire is written in the grant itself; the key policy is asked in `run` for everybody else.
  authorize: () => [],
  run(input, call) {
    refuseUnmodelled(input, ['DryRun'], 'ValidationException');
    const { key, grant } = findRetirable(input, call);
    const { caller } = call;
    const mayRetire =
      (grant.operations.includes('RetireGrant') && isGrantee(grant, caller)) ||
      (caller.kind !== 'service' && grant.retiringPrincipal === callerArn(caller));
    if (!mayRetire) call.require(keyCheck(call, key, 'kms:RetireGrant'));
    key.grants.delete(grant.id);
    return {};
  },
});

const callerArn = (caller: Exclude<Call['caller'], { kind: 'service' }>): string =>
  caller.kind === 'assumed-role' ? caller.roleArn : caller.arn;

export const grantOperations = {
  CreateGrant: createGrant,
  ListGrants: listGrants,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
};
