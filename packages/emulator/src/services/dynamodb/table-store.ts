import { Readable } from 'node:stream';
import type { Scope } from '../../world/scope.ts';
import { dynaliteDb, type ItemDb, type Store } from './dynalite.ts';
import { staleMsMax } from './item-store.ts';
import { itemBytes, itemBytesMax } from './item-size.ts';
import type { Table } from './state.ts';
import { noteExpiry } from './time-to-live.ts';

/**
 * The moment that an eventually consistent read shows; undefined for now.
 * Source: DynamoDB Developer Guide, "DynamoDB read consistency".
 */
export const readMoment = (scope: Scope, isConsistent: boolean | undefined): number | undefined =>
  isConsistent !== true && scope.chance('stale-read') < scope.world.settings.staleReadShare
    ? scope.now - staleMsMax
    : undefined;

/** A table in the form that dynalite's actions work on. All calls answer at once, so an action is one step. */
export function storeOf(
  scope: Scope,
  table: Table,
  options: { readonly asOf?: number | undefined; readonly tooLarge: string },
): Store {
  const { items } = table;
  const itemDb: ItemDb = {
    lock: (_, work) => {
      work((done) => done);
    },
    get: (key, done) => {
      done(null, items.get(key, options.asOf));
    },
    put: (key, item, done) => {
      if (itemBytes(item) > itemBytesMax) {
        done(dynaliteDb.validationError(options.tooLarge));
        return;
      }
      items.set(key, item, scope.now);
      noteExpiry(scope, table, key);
      done(null);
    },
    del: (key, done) => {
      items.set(key, undefined, scope.now);
      done(null);
    },
    createValueStream: (range) => Readable.from(items.values(range, options.asOf)),
  };
  return {
    options: { maxItemSize: Number.POSITIVE_INFINITY },
    getTable: (_, done) => {
      done(null, table.shape);
    },
    getItemDb: () => itemDb,
  };
}
