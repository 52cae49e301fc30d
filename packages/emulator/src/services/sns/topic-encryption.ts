import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { keyUseCheck } from '../kms/key-use.ts';
import type { Topic } from './state.ts';

const codes: Readonly<Record<string, string>> = {
  NotFoundException: 'KMSNotFound',
  DisabledException: 'KMSDisabled',
  KMSInvalidStateException: 'KMSInvalidState',
};

/**
 * Publishers to an encrypted topic need its key: SNS makes data keys and decrypts in their name, also for AWS services
 * that publish as themselves.
 *
 * Source: SNS Developer Guide, "Key management", permissions of publishers.
 *
 * @throws AwsError KMSAccessDenied, KMSDisabled, KMSInvalidState, KMSNotFound
 */
export function requireTopicKey(call: Call, topic: Topic): void {
  const keyId = topic.kmsMasterKeyId;
  if (keyId === undefined) return;
  // A key id or alias belongs to the account of the topic, whoever publishes.
  const name = keyId.startsWith('arn:')
    ? keyId
    : `arn:aws:kms:${topic.region}:${topic.account}:${keyId.startsWith('alias/') ? '' : 'key/'}${keyId}`;
  for (const action of ['kms:GenerateDataKey', 'kms:Decrypt'] as const)
    if (!isAllowed(call, topic, name, action))
      throw new AwsError(
        'KMSAccessDenied',
        `The caller is not authorized to perform ${action} on the key ${keyId} of the topic ${topic.arn}.`,
      );
}

function isAllowed(call: Call, topic: Topic, name: string, action: `kms:${string}`): boolean {
  try {
    const encryptionContext = { 'aws:sns:topicArn': topic.arn };
    return call.allows(keyUseCheck(call, name, action, { encryptionContext }));
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new AwsError(codes[error.code] ?? 'KMSInvalidState', error.message);
  }
}
