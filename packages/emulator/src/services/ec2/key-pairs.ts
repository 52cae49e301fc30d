import { createHash, createPublicKey } from 'node:crypto';
import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import { invalidValue, refuseDryRun, refuseUnmodelled } from './errors.ts';
import { filterItems, type FilterTable } from './filters.ts';
import { ec2State, type KeyPair } from './state.ts';

const nameLengthMax = 255; // EC2 API Reference, ImportKeyPair, KeyName: up to 255 ASCII characters

const keyPairNotFound = (name: string): AwsError =>
  new AwsError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);

/** @throws AwsError for the name of a key pair that the account does not have in this Region */
export function requireKeyPair(scope: Scope, name: string): KeyPair {
  const found = ec2State.in(scope).keyPairs.get(name);
  if (!found) throw keyPairNotFound(name);
  return found;
}

const keyPairCheck = (call: Call, action: string, name: string | undefined) => ({
  action: `ec2:${action}`,
  resource: ec2Arn(call, 'key-pair', name ?? '*'),
  context: { 'ec2:Region': call.region, 'ec2:KeyPairName': name },
});

export const importKeyPair = operation<
  client.ImportKeyPairCommandInput,
  Partial<client.ImportKeyPairCommandOutput>
>({
  authorize: (input, call) => keyPairCheck(call, 'ImportKeyPair', input.KeyName),
  run(input, call) {
    refuseUnmodelled(input, ['TagSpecifications']);
    refuseDryRun(input);
    const name = input.KeyName ?? '';
    if (name === '' || name.length > nameLengthMax)
      throw invalidValue(
        `Value '${name}' for keyPairName is invalid: 1 to ${nameLengthMax} characters.`,
      );
    const { keyPairs } = ec2State.in(call);
    if (keyPairs.has(name))
      throw new AwsError('InvalidKeyPair.Duplicate', `The keypair already exists: ${name}`);
    const pair: KeyPair = {
      id: call.newId('key'),
      name,
      ...readPublicKey(Buffer.from(input.PublicKeyMaterial ?? new Uint8Array()).toString()),
      createdAt: call.date,
    };
    keyPairs.set(name, pair);
    return { KeyPairId: pair.id, KeyName: pair.name, KeyFingerprint: pair.fingerprint };
  },
});

/**
 * Type and fingerprint of a public key in the format of OpenSSH.
 *
 * Source: EC2 User Guide, "Verify the fingerprint": MD5 of the DER form of imported RSA keys, SHA-256 of ED25519 ones.
 */
function readPublicKey(text: string): Pick<KeyPair, 'type' | 'fingerprint'> {
  const [format = '', body = ''] = text.trim().split(/\s+/);
  const bytes = Buffer.from(body, 'base64');
  const [name, ...parts] = lengthPrefixed(bytes).map((part) => part.toString('base64url'));
  const invalid = new AwsError(
    'InvalidKey.Format',
    'Key is not in valid OpenSSH public key format',
  );
  if (name !== Buffer.from(format).toString('base64url')) throw invalid;
  if (format === 'ssh-ed25519')
    return { type: 'ed25519', fingerprint: createHash('sha256').update(bytes).digest('base64') };
  const [e, n] = parts;
  if (format !== 'ssh-rsa' || e === undefined || n === undefined) throw invalid;
  const digest = createHash('md5')
    .update(derOf(e, n, invalid))
    .digest('hex');
  return { type: 'rsa', fingerprint: digest.replaceAll(/(..)(?!$)/g, '$1:') };
}

function derOf(e: string, n: string, invalid: AwsError): Buffer {
  try {
    const key = createPublicKey({ key: { kty: 'RSA', e, n }, format: 'jwk' });
    return key.export({ type: 'spki', format: 'der' });
  } catch {
    throw invalid;
  }
}

/** RFC 4251, section 5: each part begins with its length in four bytes. What is cut off is no part. */
function lengthPrefixed(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return [];
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

const keyPairFilters: FilterTable<KeyPair> = {
  values: {
    fingerprint: ({ fingerprint }) => [fingerprint],
    'key-name': ({ name }) => [name],
    'key-pair-id': ({ id }) => [id],
  },
};

export const describeKeyPairs = operation<
  client.DescribeKeyPairsCommandInput,
  Partial<client.DescribeKeyPairsCommandOutput>
>({
  // DescribeKeyPairs has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeKeyPairs', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, ['KeyPairIds', 'IncludePublicKey']);
    for (const name of input.KeyNames ?? []) requireKeyPair(call, name);
    const named = [...ec2State.in(call).keyPairs.values()].filter(
      ({ name }) => input.KeyNames?.includes(name) ?? true,
    );
    const found = filterItems(call, named, input.Filters, keyPairFilters);
    return {
      KeyPairs: found.map((pair) => ({
        KeyPairId: pair.id,
        KeyName: pair.name,
        KeyType: pair.type,
        KeyFingerprint: pair.fingerprint,
        CreateTime: pair.createdAt,
      })),
    };
  },
});

/** A key pair that is not there is deleted too. Source: EC2 API Reference, DeleteKeyPair. */
export const deleteKeyPair = operation<
  client.DeleteKeyPairCommandInput,
  Partial<client.DeleteKeyPairCommandOutput>
>({
  authorize: (input, call) => keyPairCheck(call, 'DeleteKeyPair', input.KeyName),
  run(input, call) {
    refuseUnmodelled(input, ['KeyPairId']);
    refuseDryRun(input);
    const { keyPairs } = ec2State.in(call);
    const pair = keyPairs.get(input.KeyName ?? '');
    keyPairs.delete(input.KeyName ?? '');
    return { Return: true, KeyPairId: pair?.id };
  },
});
