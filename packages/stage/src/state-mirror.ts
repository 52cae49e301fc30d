import type { World } from '@golden/emulator';
import { dynamodbState } from '@golden/emulator/services/dynamodb/state.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { LineLock, RolloutRecord, WaveRecord } from '@golden/shared/model/rollout.ts';
import { targetName, type TargetRecord } from '@golden/shared/model/target.ts';
import {
  lockSchema,
  rolloutSchema,
  targetSchema,
  waveSchema,
} from '@golden/shared/store/rollout-schemas.ts';
import { parseStored, versionSchema } from '@golden/shared/store/stored-schemas.ts';

interface Change<Kind extends string, T> {
  readonly kind: Kind;
  /** Undefined for an item that is new. */
  readonly before: T | undefined;
  readonly after: T;
}

/** One item of the state table that is not what it was. */
export type StateChange =
  | Change<'lock', LineLock>
  | Change<'version', VersionRecord>
  | Change<'rollout', RolloutRecord>
  | (Change<'wave', WaveRecord> & { readonly rolloutId: string })
  | (Change<'target', TargetRecord> & { readonly rolloutId: string });

/** A rollout with everything that belongs to it. */
export interface MirroredRollout {
  record: RolloutRecord;
  /** By number. */
  readonly waves: Map<number, WaveRecord>;
  /** By `<account>/<region>`. */
  readonly targets: Map<string, TargetRecord>;
}

/**
 * The state table of the product as it stands this instant: read from the embedded table itself, so that looking takes no
 * virtual time, writes no journal and never meets a stale read.
 */
export class StateMirror {
  lock: LineLock = {};
  /** By number, in the order in which they were made. */
  readonly versions = new Map<number, VersionRecord>();
  readonly rollouts = new Map<string, MirroredRollout>();
  readonly #world: World;
  readonly #place: { readonly account: string; readonly region: string };
  readonly #tableName: string;
  /** The items as they were at the last look; one that was written is another object. */
  readonly #seen = new Map<string, object>();

  constructor(
    world: World,
    table: { readonly account: string; readonly region: string; readonly name: string },
  ) {
    this.#world = world;
    this.#place = table;
    this.#tableName = table.name;
  }

  /** What was written since the last look. */
  look(): StateChange[] {
    const { account, region } = this.#place;
    const scope = this.#world.scope(account, region, 'dynamodb');
    const table = dynamodbState.in(scope).tables.get(this.#tableName);
    if (!table) return [];
    const changes: StateChange[] = [];
    for (const [key, item] of table.items.current()) {
      if (this.#seen.get(key) === item) continue;
      this.#seen.set(key, item);
      const change = this.#take(plain(item));
      if (change) changes.push(change);
    }
    return changes;
  }

  #take(item: Readonly<Record<string, unknown>>): StateChange | undefined {
    const [pk, sk] = [String(item['pk']), String(item['sk'])];
    const rolloutId = pk.startsWith('ROLLOUT#') ? pk.slice('ROLLOUT#'.length) : '';
    if (sk === 'LOCK') {
      const before = this.lock;
      const after = parseStored(lockSchema, item);
      this.lock = after;
      return { kind: 'lock', before, after };
    }
    if (sk.startsWith('VERSION#')) {
      const after = parseStored(versionSchema, item);
      const before = this.versions.get(after.n);
      this.versions.set(after.n, after);
      return { kind: 'version', before, after };
    }
    if (sk === 'ROLLOUT') {
      const after = parseStored(rolloutSchema, item);
      const known = this.rollouts.get(rolloutId);
      if (known) {
        const before = known.record;
        known.record = after;
        return { kind: 'rollout', before, after };
      }
      this.rollouts.set(rolloutId, { record: after, waves: new Map(), targets: new Map() });
      return { kind: 'rollout', before: undefined, after };
    }
    const rollout = this.rollouts.get(rolloutId);
    if (rollout && sk.startsWith('WAVE#')) {
      const after = parseStored(waveSchema, item);
      const before = rollout.waves.get(after.wave);
      rollout.waves.set(after.wave, after);
      return { kind: 'wave', rolloutId, before, after };
    }
    if (rollout && sk.startsWith('TARGET#')) {
      const after = parseStored(targetSchema, item);
      const before = rollout.targets.get(targetName(after));
      rollout.targets.set(targetName(after), after);
      return { kind: 'target', rolloutId, before, after };
    }
    return undefined;
  }
}

const plain = (item: Readonly<Record<string, object>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));

/** An attribute as DynamoDB's JSON carries it. */
function plainValue(attribute: object): unknown {
  const [[kind, value] = ['NULL', undefined]]: [string, unknown][] = Object.entries(attribute);
  switch (kind) {
    case 'N':
      return Number(value);
    case 'SS':
      return Array.isArray(value) ? value.toSorted() : value;
    case 'L':
      return Array.isArray(value) ? value.map((member: object) => plainValue(member)) : value;
    case 'M':
      return typeof value === 'object' && value !== null ? plain({ ...value }) : value;
    default:
      return value;
  }
}
