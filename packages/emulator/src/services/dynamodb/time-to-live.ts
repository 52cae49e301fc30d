import type { Scope } from '../../world/scope.ts';
import type { Item } from './dynalite.ts';
import { findTable } from './access.ts';
import type { Table } from './state.ts';

/**
 * How long an expired item may still be there. AWS deletes within a few days and typically sooner; the model stays
 * within minutes and hours, so that a reader can never rely on the moment.
 * Source: DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB".
 */
const lagMinutesMin = 5;
const lagMinutesMax = 12 * 60;

/** An item whose time lies further back than this is taken for a mistake and kept. */
const expiredYearsMax = 5;

/** @returns milliseconds since 1970, or undefined for an item that does not expire */
function expiryOf(table: Table, item: Item): number | undefined {
  const attribute = item[table.timeToLive?.attribute ?? ''];
  const seconds = attribute && 'N' in attribute ? Number(attribute['N']) : Number.NaN;
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** Schedules the deletion of an item that was written, when it will expire. */
export function noteExpiry(scope: Scope, table: Table, key: string): void {
  const item = table.items.get(key);
  if (table.timeToLive?.status !== 'ENABLED' || !item) return;
  const expiresAt = expiryOf(table, item);
  if (expiresAt === undefined || table.expiries.get(key) === expiresAt) return;
  const oldest = new Date(scope.now).setUTCFullYear(scope.date.getUTCFullYear() - expiredYearsMax);
  if (expiresAt < oldest) return;
  table.expiries.set(key, expiresAt);
  const lagMs = scope.between('time-to-live-lag', lagMinutesMin, lagMinutesMax) * 60_000;
  const delayMs = Math.max(0, expiresAt - scope.now) + lagMs;
  scope.after(delayMs, `expire item of ${table.name}`, () => {
    expire(scope, table, { key, expiresAt });
  });
}

/** Deletes the item if it still carries the time that the deletion was made for. */
function expire(
  scope: Scope,
  table: Table,
  { key, expiresAt }: { key: string; expiresAt: number },
): void {
  if (table.expiries.get(key) === expiresAt) table.expiries.delete(key);
  const item = table.items.get(key);
  const isCurrent =
    findTable(scope, table.name) === table && table.timeToLive?.status === 'ENABLED';
  if (!isCurrent || !item || expiryOf(table, item) !== expiresAt) return;
  table.items.set(key, undefined, scope.now);
  scope.record('item-expired', { table: table.name });
}

/** When a table begins to expire items, those that are there already count too. */
export function noteAllExpiries(scope: Scope, table: Table): void {
  for (const [key] of table.items.current()) noteExpiry(scope, table, key);
}
