import type { Principal } from '../../iam/principal.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { keyUseCheck } from '../kms/key-use.ts';
import { isDefaultKey } from './kms-keys.ts';
import type { Image, Instance } from './state.ts';

/** Why EBS cannot use a key for somebody. */
export interface KeyProblem {
  /** `access` when the key cannot be reached by its caller, `state` when nobody can use it now. */
  readonly kind: 'access' | 'state';
  readonly message: string;
}

/** Source: EBS User Guide, "Requirements for Amazon EBS encryption", "Permissions for users". */
const neededForVolume = [
  'kms:DescribeKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/** Data under another key is only read. */
const neededForSource = ['kms:Decrypt', 'kms:ReEncryptFrom'] as const;

export interface KeyUse {
  /** In whose name EBS uses the key. */
  readonly caller: Principal;
  /** The volume or snapshot that the data belongs to, for the encryption context. */
  readonly ebsId: string;
}

/**
 * Why a key cannot be used for a new volume or snapshot, or undefined when it can. EC2 uses keys on behalf of its
 * caller and only after it has accepted the request: "the action can appear to complete, but eventually fails".
 * Grants for the caller count.
 *
 * Source: EC2 API Reference, CopyImage, KmsKeyId; EBS User Guide, "How Amazon EBS encryption works": the caller makes
 * the grant with which EC2 decrypts the volume's data key.
 */
export const keyProblem = (
  scope: Scope,
  keyArn: string | undefined,
  use: KeyUse,
): KeyProblem | undefined =>
  problemOf(scope, keyArn, use, neededForVolume) ?? grantProblem(scope, keyArn, use);

/** Why a launch cannot use the keys of its image and of its volumes. */
export function launchKeyProblem(
  scope: Scope,
  launch: {
    readonly caller: Principal;
    readonly image: Image;
    readonly devices: Instance['devices'];
  },
): KeyProblem | undefined {
  const { caller, image, devices } = launch;
  for (const { encrypted, kmsKeyId, volumeId } of devices) {
    const problem = encrypted
      ? keyProblem(scope, kmsKeyId, { caller, ebsId: volumeId })
      : undefined;
    if (problem) return problem;
  }
  for (const { encrypted, kmsKeyId, snapshotId } of image.devices) {
    const problem = encrypted
      ? problemOf(scope, kmsKeyId, { caller, ebsId: snapshotId }, neededForSource)
      : undefined;
    if (problem) return problem;
  }
  return undefined;
}

const callOf = (scope: Scope, caller: Principal): Call =>
  new Call({
    world: scope.world,
    account: scope.account,
    region: scope.region,
    service: 'ec2',
    caller,
    requestId: '',
    operationName: '',
    via: ['ec2.amazonaws.com'],
  });

function problemOf(
  scope: Scope,
  keyArn: string | undefined,
  { caller, ebsId }: KeyUse,
  actions: readonly `kms:${string}`[],
): KeyProblem | undefined {
  if (keyArn === undefined || isDefaultKey(scope, keyArn)) return undefined;
  const call = callOf(scope, caller);
  for (const action of actions) {
    const encryptionContext = action === 'kms:DescribeKey' ? undefined : { 'aws:ebs:id': ebsId };
    const problem = ask(call, keyArn, () =>
      call.allows(keyUseCheck(call, keyArn, action, { encryptionContext })) ? undefined : action,
    );
    if (problem) return problem;
  }
  return undefined;
}

/** The grant itself is not kept: what it lets EC2 do has been asked for already. */
function grantProblem(
  scope: Scope,
  keyArn: string | undefined,
  { caller }: KeyUse,
): KeyProblem | undefined {
  if (keyArn === undefined || isDefaultKey(scope, keyArn)) return undefined;
  const call = callOf(scope, caller);
  const context = {
    'kms:GrantIsForAWSResource': true,
    'kms:GrantOperations': ['Decrypt'],
    'kms:GrantConstraintType': 'EncryptionContextSubset',
  };
  return ask(call, keyArn, () =>
    call.allows(keyUseCheck(call, keyArn, 'kms:CreateGrant', { context }))
      ? undefined
      : 'kms:CreateGrant',
  );
}

/** @param refusedAction answers the action that the caller may not do */
function ask(
  call: Call,
  keyArn: string,
  refusedAction: () => string | undefined,
): KeyProblem | undefined {
  try {
    const action = refusedAction();
    return action === undefined
      ? undefined
      : {
          kind: 'access',
          message: `The KMS key ${keyArn} cannot be used: ${call.caller.kind === 'service' ? call.caller.service : call.caller.arn} is not authorized to perform: ${action}`,
        };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return {
      kind: error.code === 'NotFoundException' ? 'access' : 'state',
      message: `The KMS key ${keyArn} cannot be used: ${error.message}`,
    };
  }
}
