import type { Scope } from '../../world/scope.ts';
import { kmsState } from '../kms/state.ts';
import { ec2State } from './state.ts';

/** What GetEbsDefaultKmsKeyId answers until an account names a key of its own. Source: EC2 API Reference. */
export const defaultKeyAlias = 'alias/aws/ebs';

/** The AWS managed key of EBS in one account and Region, in the place of its unknown id. */
const defaultKeyArn = (scope: Scope): string =>
  `arn:aws:kms:${scope.region}:${scope.account}:${defaultKeyAlias}`;

/** Whether a key is the one that AWS manages for EBS, by its alias or by its own ARN. */
export function isDefaultKey(scope: Scope, keyArn: string | undefined): boolean {
  if (keyArn === undefined || keyArn === defaultKeyArn(scope)) return true;
  const [, region, account, id] = /^arn:aws:kms:([^:]+):(\d{12}):key\/(.+)$/.exec(keyArn) ?? [];
  if (region === undefined || account === undefined || id === undefined) return false;
  return kmsState.in(scope.at({ region, account })).keys.get(id)?.managedFor !== undefined;
}

export interface Encryption {
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
}

/**
 * How a new volume or snapshot is encrypted: as asked, as its source is, or as the account wants it.
 *
 * Source: EBS User Guide, "How Amazon EBS encryption works": encryption by default wins over `Encrypted: false`; an
 * encrypted source keeps its key on a launch and takes the Region's default key in a copy without a key.
 */
export function resolveEncryption(
  scope: Scope,
  asked: { encrypted?: boolean | undefined; kmsKeyId?: string | undefined },
  source: Encryption,
  options: { readonly keepsSourceKey: boolean },
): Encryption {
  const state = ec2State.in(scope);
  const encrypted =
    asked.encrypted === true ||
    asked.kmsKeyId !== undefined ||
    source.encrypted ||
    state.ebsEncryptionByDefault;
  if (!encrypted) return { encrypted: false, kmsKeyId: undefined };
  const kept = options.keepsSourceKey && source.encrypted ? source.kmsKeyId : undefined;
  const wanted = asked.kmsKeyId ?? kept ?? state.ebsDefaultKmsKeyId ?? defaultKeyAlias;
  return { encrypted: true, kmsKeyId: toKeyArn(scope, wanted) };
}

/** Key ids, aliases and ARNs become ARNs; the AWS managed key keeps its alias because nobody can name it otherwise. */
function toKeyArn(scope: Scope, key: string): string {
  if (key.startsWith('arn:')) return key;
  return `arn:aws:kms:${scope.region}:${scope.account}:${key.startsWith('alias/') ? key : `key/${key}`}`;
}
