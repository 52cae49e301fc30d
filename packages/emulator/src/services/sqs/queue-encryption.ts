import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { keyUseCheck } from '../kms/key-use.ts';
import type { Queue } from './state.ts';

const codes: Readonly<Record<string, string>> = {
  NotFoundException: 'KmsNotFound',
  DisabledException: 'KmsDisabled',
  KMSInvalidStateException: 'KmsInvalidState',
};

/**
 * Senders to a queue that a key of KMS encrypts need the key as SQS does. The reuse of data keys is not modelled: every
 * call is checked.
 *
 * Source: SQS Developer Guide, "Key management", permissions of producers and consumers.
 *
 * @throws AwsError KmsAccessDenied, KmsDisabled, KmsInvalidState, KmsNotFound
 */
export function requireKeyForSending(call: Call, queue: Queue): void {
  requireKey(call, queue, 'kms:GenerateDataKey');
  requireKey(call, queue, 'kms:Decrypt');
}

/** As {@link requireKeyForSending}, for receivers. */
export const requireKeyForReceiving = (call: Call, queue: Queue): void => {
  requireKey(call, queue, 'kms:Decrypt');
};

function requireKey(call: Call, queue: Queue, action: `kms:${string}`): void {
  const keyId = queue.settings.kmsMasterKeyId;
  if (keyId === undefined) return;
  if (!call.allows(checkOf(call, queue, keyId, action)))
    throw new AwsError(
      'KmsAccessDenied',
      `The caller is not authorized to perform ${action} on the key ${keyId} of the queue ${queue.arn}.`,
    );
}

function checkOf(call: Call, queue: Queue, keyId: string, action: `kms:${string}`): AccessCheck {
  const isFullName = keyId.startsWith('arn:');
  // A key id or alias belongs to the account of the queue, whoever calls.
  const name = isFullName
    ? keyId
    : `arn:aws:kms:${queue.region}:${queue.account}:${keyId.startsWith('alias/') ? '' : 'key/'}${keyId}`;
  try {
    return keyUseCheck(call, name, action, { encryptionContext: { 'aws:sqs:arn': queue.arn } });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new AwsError(codes[error.code] ?? 'KmsInvalidKeyUsage', error.message);
  }
}
