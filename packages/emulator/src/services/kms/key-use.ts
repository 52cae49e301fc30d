import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { findKey } from './find-key.ts';
import { findGrant } from './grant-match.ts';
import { aliasesOf, kmsState, type Key } from './state.ts';

type Context = Readonly<Record<string, ContextValue | undefined>>;

export interface KeyUseOptions {
  /** What the ciphertext is bound to, e.g. `{ 'aws:sns:topicArn': arn }`. */
  readonly encryptionContext?: Readonly<Record<string, string>> | undefined;
  readonly grantTokens?: readonly string[] | undefined;
  /** Further condition keys of the request. */
  readonly context?: Context;
}

/**
 * What KMS checks when a key is used: for another service that uses it on behalf of the caller of `scope`
 * (`call.require(keyUseCheck(call, topic.keyId, 'kms:Decrypt'))`), or directly.
 *
 * @param scope a call; with a bare scope nobody is known to call, so that neither grants nor `kms:CallerAccount` count
 * @param name key id, key ARN, alias name or alias ARN
 * @throws AwsError NotFoundException, DisabledException, KMSInvalidStateException
 */
export function keyUseCheck(
  scope: Scope,
  name: string,
  action: `kms:${string}`,
  options: KeyUseOptions = {},
): AccessCheck {
  const { key, requestAlias } = findKey(scope, name);
  requireUsable(key);
  return keyCheck(scope, key, action, {
    ...options,
    context: { 'kms:RequestAlias': requestAlias, ...options.context },
  });
}

/** The ARN of the key behind any of its names. @throws AwsError NotFoundException */
export const keyArnOf = (scope: Scope, name: string): string => findKey(scope, name).key.arn;

/**
 * A key is usable only while it is enabled.
 *
 * Source: KMS Developer Guide, "Key states of AWS KMS keys".
 */
export function requireUsable(key: Key): void {
  switch (key.state) {
    case 'Enabled':
      return;
    case 'Disabled':
      throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    case 'Creating':
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      throw invalidState(key);
    default:
      key.state satisfies never;
  }
}

export const invalidState = (key: Key): AwsError =>
  new AwsError(
    'KMSInvalidStateException',
    key.state === 'PendingDeletion'
      ? `${key.arn} is pending deletion.`
      : `${key.arn} is in the state ${key.state}.`,
  );

/** What is checked for an action on a key in any state. */
export function keyCheck(
  scope: Scope,
  key: Key,
  action: `kms:${string}`,
  options: KeyUseOptions = {},
): AccessCheck {
  const caller = scope instanceof Call ? scope.caller : undefined;
  const grant =
    caller &&
    findGrant(key, {
      caller,
      operation: action.slice('kms:'.length),
      encryptionContext: options.encryptionContext,
      grantTokens: options.grantTokens ?? [],
      now: scope.now,
    });
  const check: AccessCheck = {
    action,
    resource: key.arn,
    resourceAccount: key.account,
    resourcePolicy: key.policy.compiled,
    resourcePolicyMode: 'key-policy',
    context: {
      ...keyContext(key),
      'kms:ResourceAliases': resourceAliases(scope, key),
      ...requestContext(scope, options),
      ...options.context,
    },
  };
  if (!grant || caller.kind === 'service') return check;
  // A grant needs no identity-based policy, whichever account its grantee is of; a deny still counts.
  return {
    ...check,
    resourceAccount: caller.account,
    resourcePolicy: withStatements(key.policy.compiled, grant.compiled),
  };
}

const withStatements = (policy: CompiledPolicy, added: CompiledPolicy): CompiledPolicy => ({
  ...policy,
  statements: [...policy.statements, ...added.statements],
});

/** Condition keys that follow from the key. */
function keyContext(key: Key): Context {
  return {
    'kms:KeySpec': 'SYMMETRIC_DEFAULT',
    'kms:KeyUsage': 'ENCRYPT_DECRYPT',
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:MultiRegion': key.multiRegion !== undefined,
    'kms:MultiRegionKeyType': multiRegionKeyType(key),
    ...Object.fromEntries([...key.tags].map(([name, value]) => [`aws:ResourceTag/${name}`, value])),
  };
}

export const multiRegionKeyType = (key: Key): 'PRIMARY' | 'REPLICA' | undefined =>
  key.multiRegion && (key.multiRegion.primaryRegion === key.region ? 'PRIMARY' : 'REPLICA');

/** Condition keys that follow from who asks, and through which service. */
function requestContext(scope: Scope, { encryptionContext }: KeyUseOptions): Context {
  const caller = scope instanceof Call ? scope.caller : undefined;
  const contextKeys = Object.keys(encryptionContext ?? {});
  const via = viaService(scope);
  return {
    'kms:CallerAccount': caller && caller.kind !== 'service' ? caller.account : undefined,
    'kms:ViaService': via,
    'aws:ViaAWSService': via !== undefined,
    'kms:EncryptionContextKeys': contextKeys.length > 0 ? contextKeys : undefined,
    ...Object.fromEntries(
      Object.entries(encryptionContext ?? {}).map(([key, value]) => [
        `kms:EncryptionContext:${key}`,
        value,
      ]),
    ),
  };
}

/** The service through which a request reaches KMS, as `kms:ViaService` names it. */
export function viaService(scope: Scope): string | undefined {
  const through =
    scope.service === 'kms'
      ? scope instanceof Call
        ? scope.via.at(-1)?.split('.')[0]
        : undefined
      : scope.service;
  return through === undefined ? undefined : `${through}.${scope.region}.amazonaws.com`;
}

/** The aliases of a key as `kms:ResourceAliases` names them. */
const resourceAliases = (scope: Scope, key: Key): string[] =>
  aliasesOf(kmsState.in(scope.at({ account: key.account, region: key.region })), key.id).map(
    ({ name }) => name,
  );
