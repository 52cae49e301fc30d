import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { findAlias } from './aws-managed-keys.ts';
import { kmsState, type Key } from './state.ts';

const notFound = (message: string): AwsError => new AwsError('NotFoundException', message);
const keyArn = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):key\/(.+)$/;
const aliasArn = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):(alias\/.+)$/;

/** A key, and the alias by which the request named it. */
export interface NamedKey {
  readonly key: Key;
  readonly requestAlias: string | undefined;
}

/**
 * Finds a key by id, ARN, alias name or alias ARN; keys of other accounts by ARN only.
 *
 * @throws AwsError NotFoundException
 */
export function findKey(scope: Scope, name: string): NamedKey {
  const byAlias = aliasArn.exec(name);
  if (byAlias) {
    const [, region = '', account = '', alias = ''] = byAlias;
    return findByAlias(inRegion(scope, region).at({ account }), alias);
  }
  if (name.startsWith('alias/')) return findByAlias(scope, name);
  return { key: findKeyWithoutAlias(scope, name), requestAlias: undefined };
}

/** As {@link findKey}, for the operations that take no alias. */
export function findKeyWithoutAlias(scope: Scope, name: string): Key {
  const byArn = keyArn.exec(name);
  if (!byArn && /[:/]/.test(name)) throw notFound(`Invalid keyId '${name}'`);
  const [, region = scope.region, account = scope.account, id = name] = byArn ?? [];
  const place = inRegion(scope, region).at({ account });
  const key = kmsState.in(place).keys.get(id);
  if (!key) throw notFound(`Key '${place.at({ service: 'kms' }).arn(`key/${id}`)}' does not exist`);
  return key;
}

/** @throws AwsError NotFoundException, also for a key of another account, which the operation cannot reach */
export function findOwnKey(scope: Scope, name: string): Key {
  const key = findKeyWithoutAlias(scope, name);
  if (key.account !== scope.account)
    throw new AwsError('InvalidArnException', `${name} is a key of another account`);
  return key;
}

function inRegion(scope: Scope, region: string): Scope {
  if (region !== scope.region) throw notFound(`Invalid arn ${region}`);
  return scope;
}

function findByAlias(scope: Scope, name: string): NamedKey {
  const alias = findAlias(scope, name);
  const key = alias && kmsState.in(scope).keys.get(alias.targetKeyId);
  if (!key) throw notFound(`Alias ${scope.at({ service: 'kms' }).arn(name)} is not found.`);
  return { key, requestAlias: name };
}
