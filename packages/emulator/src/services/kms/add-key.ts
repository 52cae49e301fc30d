import type { Scope } from '../../world/scope.ts';
import type { BoundPolicy } from '../iam/principal-binding.ts';
import { kmsState, type Key, type MultiRegion } from './state.ts';

/** Puts a key into its place; what it must fulfil is checked before. */
export function addKey(
  scope: Scope,
  options: {
    readonly description: string;
    readonly policy: BoundPolicy;
    readonly managedFor?: string;
    /** For the replica of a multi-Region key. */
    readonly replicaOf?: Key;
    readonly isMultiRegion?: boolean;
    readonly tags?: Map<string, string>;
  },
): Key {
  const { replicaOf } = options;
  const multiRegion: MultiRegion | undefined =
    replicaOf?.multiRegion ??
    (options.isMultiRegion === true
      ? { primaryRegion: scope.region, replicaRegions: new Set() }
      : undefined);
  const id = replicaOf?.id ?? (multiRegion ? `mrk-${scope.hex('mrk', 32)}` : scope.uuid('key'));
  const key: Key = {
    id,
    arn: scope.arn(`key/${id}`),
    account: scope.account,
    region: scope.region,
    createdAt: scope.date,
    material: replicaOf?.material ?? scope.hex('material', 64),
    managedFor: options.managedFor,
    multiRegion,
    tags: options.tags ?? new Map<string, string>(),
    grants: new Map(),
    description: options.description,
    state: replicaOf ? 'Creating' : 'Enabled',
    policy: options.policy,
    rotation: undefined,
    deletion: undefined,
  };
  kmsState.in(scope).keys.set(id, key);
  return key;
}
