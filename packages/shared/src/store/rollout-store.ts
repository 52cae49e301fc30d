import type { Table, Written } from '../aws/table.ts';
import type { StoredValue } from '../aws/dynamo-values.ts';
import { GoldenError } from '../model/golden-error.ts';
import type { ImageLine } from '../model/ids.ts';
import type { LineLock, RolloutRecord, WaveRecord } from '../model/rollout.ts';
import type { RolloutId } from '../model/rollout-id.ts';
import { targetName } from '../model/target.ts';
import type { TargetRecord } from '../model/target.ts';
import { lockSchema, rolloutSchema, targetSchema, waveSchema } from './rollout-schemas.ts';
import { parseStored } from './stored-schemas.ts';

/** An item as it was read; it is written again only if nobody else has written it since. */
export interface Revised<T> {
  value: T;
  /** 0 where there is no item yet. */
  revision: number;
}

interface Place {
  account: string;
  region: string;
}

/**
 * What is known of rollouts: who has the line, and of each rollout itself, its waves and its targets. Every write holds for
 * the revision that was read; a lost race is the value `stale`.
 */
export interface RolloutStore {
  lock(): Promise<Revised<LineLock>>;
  writeLock(lock: Revised<LineLock>): Promise<Written>;

  rollout(rolloutId: RolloutId): Promise<Revised<RolloutRecord> | undefined>;
  writeRollout(rollout: Revised<RolloutRecord>): Promise<Written>;

  wave(rolloutId: RolloutId, wave: number): Promise<WaveRecord>;
  waves(rolloutId: RolloutId): Promise<WaveRecord[]>;
  /** Adds a target to those that spent the wave's budget; adding it again changes nothing. */
  spendBudget(rolloutId: RolloutId, wave: number, target: Place): Promise<void>;

  target(rolloutId: RolloutId, place: Place): Promise<Revised<TargetRecord>>;
  /** By account and Region. */
  targets(rolloutId: RolloutId): Promise<Revised<TargetRecord>[]>;
  writeTarget(rolloutId: RolloutId, target: Revised<TargetRecord>): Promise<Written>;

  /** Writes many items in few calls, whatever was there: for the one writer before the targets' own begin. */
  putTargets(rolloutId: RolloutId, targets: readonly Revised<TargetRecord>[]): Promise<void>;
  putWaves(rolloutId: RolloutId, waves: readonly WaveRecord[]): Promise<void>;
}

/** More targets than the largest organizations have. */
const targetsMax = 100_000;
const wavesMax = 100;

export const makeRolloutStore = (table: Table, line: ImageLine): RolloutStore => {
  const lockKey = { pk: `LINE#${line}`, sk: 'LOCK' };
  const pkOf = (rolloutId: RolloutId): string => `ROLLOUT#${rolloutId}`;
  const rolloutKey = (rolloutId: RolloutId) => ({ pk: pkOf(rolloutId), sk: 'ROLLOUT' });
  const waveKey = (rolloutId: RolloutId, wave: number) => ({
    pk: pkOf(rolloutId),
    sk: `WAVE#${String(wave).padStart(4, '0')}`,
  });
  const targetKey = (rolloutId: RolloutId, place: Place) => ({
    pk: pkOf(rolloutId),
    sk: `TARGET#${targetName(place)}`,
  });

  return {
    lock: async () => {
      const item = (await table.get(lockKey)) ?? {};
      return { value: parseStored(lockSchema, item), revision: revisionOf(item) };
    },
    writeLock: ({ value, revision }) => table.replace(lockKey, storable(value), revision),

    rollout: async (rolloutId) => {
      const item = await table.get(rolloutKey(rolloutId));
      return item && { value: parseStored(rolloutSchema, item), revision: revisionOf(item) };
    },
    writeRollout: ({ value, revision }) =>
      table.replace(rolloutKey(value.rolloutId), storable(value), revision),

    wave: async (rolloutId, wave) => {
      const item = await table.get(waveKey(rolloutId, wave));
      if (item === undefined) throw missing(`wave ${wave} of ${rolloutId}`);
      return parseStored(waveSchema, item);
    },
    waves: async (rolloutId) => {
      const items = await table.all({ pk: pkOf(rolloutId), skPrefix: 'WAVE#', itemsMax: wavesMax });
      return items.map((item) => parseStored(waveSchema, item));
    },
    spendBudget: (rolloutId, wave, target) =>
      table.addToSet(waveKey(rolloutId, wave), { failedTargets: [targetName(target)] }),

    target: async (rolloutId, place) => {
      const item = await table.get(targetKey(rolloutId, place));
      if (item === undefined) throw missing(`target ${targetName(place)} of ${rolloutId}`);
      return { value: parseStored(targetSchema, item), revision: revisionOf(item) };
    },
    targets: async (rolloutId) => {
      const items = await table.all({
        pk: pkOf(rolloutId),
        skPrefix: 'TARGET#',
        itemsMax: targetsMax,
      });
      return items.map((item) => ({
        value: parseStored(targetSchema, item),
        revision: revisionOf(item),
      }));
    },
    writeTarget: (rolloutId, { value, revision }) =>
      table.replace(targetKey(rolloutId, value), storable(value), revision),

    putTargets: (rolloutId, targets) =>
      table.putAll(
        targets.map(({ value, revision }) => ({
          key: targetKey(rolloutId, value),
          values: { ...storable(value), revision: revision + 1 },
        })),
      ),
    putWaves: (rolloutId, waves) =>
      table.putAll(
        waves.map(({ failedTargets, ...wave }) => ({
          key: waveKey(rolloutId, wave.wave),
          values: storable(wave),
        })),
      ),
  };
};

const revisionOf = (item: Readonly<Record<string, unknown>>): number => {
  const revision = item['revision'];
  return typeof revision === 'number' ? revision : 0;
};

/** Records are plain data; an interface has no index signature, which is all that is missing. */
const storable = (record: object): Readonly<Record<string, StoredValue>> =>
  Object.fromEntries(Object.entries(record) as [string, StoredValue][]);

const missing = (what: string): GoldenError =>
  new GoldenError({
    code: 'stored-item-missing',
    message: `${what} is not in the state table; was it deleted by hand?`,
  });
