import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';
import type { BoundPolicy } from '../iam/principal-binding.ts';

export type KeyState =
  'Creating' | 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingReplicaDeletion';

export interface Grant {
  readonly id: string;
  readonly token: string;
  readonly name: string | undefined;
  readonly keyId: string;
  readonly granteePrincipal: string;
  readonly retiringPrincipal: string | undefined;
  /** The account that made the grant. */
  readonly issuingAccount: string;
  /** Names without the prefix, e.g. `GenerateDataKey`. */
  readonly operations: readonly string[];
  readonly contextEquals: Readonly<Record<string, string>> | undefined;
  readonly contextSubset: Readonly<Record<string, string>> | undefined;
  readonly createdAt: Date;
  /** From when on it counts without its token. */
  readonly effectiveAt: number;
  /** One statement that allows the grantee everything; the operations are compared before. */
  readonly compiled: CompiledPolicy;
}

/** All keys of one multi-Region key share id and material. */
export interface MultiRegion {
  primaryRegion: string;
  readonly replicaRegions: Set<string>;
}

export interface Rotation {
  readonly periodDays: number;
  readonly since: number;
}

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: Date;
  /** The secret that the toy cipher works with. */
  readonly material: string;
  /** The service that an AWS managed key belongs to; undefined for customer managed keys. */
  readonly managedFor: string | undefined;
  readonly multiRegion: MultiRegion | undefined;
  readonly tags: Map<string, string>;
  readonly grants: Map<string, Grant>;
  description: string;
  state: KeyState;
  policy: BoundPolicy;
  rotation: Rotation | undefined;
  deletion: { readonly windowDays: number; readonly timer: Timer | undefined } | undefined;
}

export interface Alias {
  /** With the prefix `alias/`. */
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  targetKeyId: string;
  updatedAt: Date;
}

export const kmsState = defineState('kms', 'regional', () => ({
  keys: new Map<string, Key>(),
  /** By name. */
  aliases: new Map<string, Alias>(),
}));

export const aliasesOf = (
  state: { readonly aliases: ReadonlyMap<string, Alias> },
  keyId: string,
): Alias[] => [...state.aliases.values()].filter(({ targetKeyId }) => targetKeyId === keyId);
