import type * as client from '@aws-sdk/client-kms';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation } from '../../world/service.ts';
import { nonceBytes, open, readSealed, seal, type Sealed } from './cipher.ts';
import { findKey, findKeyWithoutAlias } from './find-key.ts';
import { keyUseCheck } from './key-use.ts';
import type { Key } from './state.ts';

const algorithm = 'SYMMETRIC_DEFAULT';

type EncryptionContext = Readonly<Record<string, string>> | undefined;

function sealWith(call: Call, key: Key, plaintext: Uint8Array, context: EncryptionContext) {
  return seal(plaintext, {
    account: key.account,
    keyId: key.id,
    nonce: Buffer.from(call.hex('nonce', 2 * nonceBytes), 'hex'),
    material: key.material,
    context: context ?? {},
  });
}

function checkAlgorithm(name: string | undefined): void {
  if (name !== undefined && name !== algorithm)
    throw new AwsError('InvalidKeyUsageException', `${name} is not modelled by this emulator`);
}

/** The ciphertext and its key: of this account or named by ARN, in this Region. */
function readCiphertext(
  call: Call,
  blob: Uint8Array | undefined,
  expectedKey: string | undefined,
): { sealed: Sealed; key: Key } {
  const sealed = readSealed(blob ?? new Uint8Array());
  if (!sealed) throw new AwsError('InvalidCiphertextException', 'the ciphertext is invalid');
  const key = findKeyWithoutAlias(
    call,
    `arn:aws:kms:${call.region}:${sealed.account}:key/${sealed.keyId}`,
  );
  if (expectedKey !== undefined && findKey(call, expectedKey).key !== key)
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  return { sealed, key };
}

function openWith(sealed: Sealed, key: Key, context: EncryptionContext): Uint8Array {
  const plaintext = open(sealed, { material: key.material, context: context ?? {} });
  if (!plaintext)
    throw new AwsError(
      'InvalidCiphertextException',
      'the ciphertext does not fit the key or the encryption context',
    );
  return plaintext;
}

const encrypt = operation<client.EncryptCommandInput, Partial<client.EncryptCommandOutput>>({
  authorize: (input, call) =>
    keyUseCheck(call, input.KeyId ?? '', 'kms:Encrypt', {
      encryptionContext: input.EncryptionContext,
      grantTokens: input.GrantTokens,
      context: { 'kms:EncryptionAlgorithm': algorithm },
    }),
  run(input, call) {
    refuseUnmodelled(input, ['DryRun'], 'ValidationException');
    checkAlgorithm(input.EncryptionAlgorithm);
    const plaintext = input.Plaintext ?? new Uint8Array();
    const { key } = findKey(call, input.KeyId ?? '');
    return {
      CiphertextBlob: sealWith(call, key, plaintext, input.EncryptionContext),
      KeyId: key.arn,
      EncryptionAlgorithm: algorithm,
    };
  },
});

const decrypt = operation<client.DecryptCommandInput, Partial<client.DecryptCommandOutput>>({
  authorize(input, call) {
    const { key } = readCiphertext(call, input.CiphertextBlob, input.KeyId);
    return keyUseCheck(call, key.arn, 'kms:Decrypt', {
      encryptionContext: input.EncryptionContext,
      grantTokens: input.GrantTokens,
      context: { 'kms:EncryptionAlgorithm': algorithm },
    });
  },
  run(input, call) {
    refuseUnmodelled(input, ['DryRun', 'Recipient'], 'ValidationException');
    checkAlgorithm(input.EncryptionAlgorithm);
    const { sealed, key } = readCiphertext(call, input.CiphertextBlob, input.KeyId);
    return {
      Plaintext: openWith(sealed, key, input.EncryptionContext),
      KeyId: key.arn,
      EncryptionAlgorithm: algorithm,
    };
  },
});

const reEncrypt = operation<client.ReEncryptCommandInput, Partial<client.ReEncryptCommandOutput>>({
  authorize(input, call) {
    const source = readCiphertext(call, input.CiphertextBlob, input.SourceKeyId).key;
    const target = findKey(call, input.DestinationKeyId ?? '').key;
    const context = { 'kms:ReEncryptOnSameKey': source === target };
    return [
      keyUseCheck(call, source.arn, 'kms:ReEncryptFrom', {
        encryptionContext: input.SourceEncryptionContext,
        grantTokens: input.GrantTokens,
        context,
      }),
      keyUseCheck(call, input.DestinationKeyId ?? '', 'kms:ReEncryptTo', {
        encryptionContext: input.DestinationEncryptionContext,
        grantTokens: input.GrantTokens,
        context,
      }),
    ];
  },
  run(input, call) {
    refuseUnmodelled(input, ['DryRun'], 'ValidationException');
    checkAlgorithm(input.SourceEncryptionAlgorithm);
    checkAlgorithm(input.DestinationEncryptionAlgorithm);
    const { sealed, key } = readCiphertext(call, input.CiphertextBlob, input.SourceKeyId);
    const plaintext = openWith(sealed, key, input.SourceEncryptionContext);
    const target = findKey(call, input.DestinationKeyId ?? '').key;
    return {
      CiphertextBlob: sealWith(call, target, plaintext, input.DestinationEncryptionContext),
      SourceKeyId: key.arn,
      KeyId: target.arn,
      SourceEncryptionAlgorithm: algorithm,
      DestinationEncryptionAlgorithm: algorithm,
    };
  },
});

function dataKeyBytes(input: client.GenerateDataKeyCommandInput): number {
  const { KeySpec: spec, NumberOfBytes: bytes } = input;
  if ((spec === undefined) === (bytes === undefined))
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
  return bytes ?? (spec === 'AES_128' ? 16 : 32);
}

function newDataKey(input: client.GenerateDataKeyCommandInput, call: Call) {
  const bytes = dataKeyBytes(input);
  const digestBytes = 32;
  const parts = Array.from({ length: Math.ceil(bytes / digestBytes) }, () =>
    Buffer.from(call.hex('data-key', 2 * digestBytes), 'hex'),
  );
  const plaintext = new Uint8Array(Buffer.concat(parts).subarray(0, bytes));
  const { key } = findKey(call, input.KeyId ?? '');
  const ciphertext = sealWith(call, key, plaintext, input.EncryptionContext);
  return { plaintext, ciphertext, key };
}

const generateDataKey = operation<
  client.GenerateDataKeyCommandInput,
  Partial<client.GenerateDataKeyCommandOutput>
>({
  authorize: (input, call) =>
    keyUseCheck(call, input.KeyId ?? '', 'kms:GenerateDataKey', {
      encryptionContext: input.EncryptionContext,
      grantTokens: input.GrantTokens,
    }),
  run(input, call) {
    refuseUnmodelled(input, ['DryRun', 'Recipient'], 'ValidationException');
    const { plaintext, ciphertext, key } = newDataKey(input, call);
    return { CiphertextBlob: ciphertext, Plaintext: plaintext, KeyId: key.arn };
  },
});

const generateDataKeyWithoutPlaintext = operation<
  client.GenerateDataKeyWithoutPlaintextCommandInput,
  Partial<client.GenerateDataKeyWithoutPlaintextCommandOutput>
>({
  authorize: (input, call) =>
    keyUseCheck(call, input.KeyId ?? '', 'kms:GenerateDataKeyWithoutPlaintext', {
      encryptionContext: input.EncryptionContext,
      grantTokens: input.GrantTokens,
    }),
  run(input, call) {
    refuseUnmodelled(input, ['DryRun'], 'ValidationException');
    const { ciphertext, key } = newDataKey(input, call);
    return { CiphertextBlob: ciphertext, KeyId: key.arn };
  },
});

export const cryptographicOperations = {
  Decrypt: decrypt,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  ReEncrypt: reEncrypt,
};
