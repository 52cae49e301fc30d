import type { Item, KeyRange } from './dynalite.ts';
import { itemBytes } from './item-size.ts';

/** DynamoDB Developer Guide, "DynamoDB read consistency": usually consistent within one second. */
export const staleMsMax = 1_000;

interface Write {
  readonly at: number;
  readonly before: Item | undefined;
}

interface Entry {
  item: Item | undefined;
  /** Oldest first; only as far back as a stale read may look. */
  writes: Write[];
}

/** The items of one table by their key text, with what stood there a moment ago. */
export class ItemStore {
  readonly #entries = new Map<string, Entry>();
  #sorted: readonly string[] | undefined;

  /** @param asOf milliseconds since 1970; without it the item as it is now */
  get(key: string, asOf?: number): Item | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const missed = asOf === undefined ? undefined : entry.writes.find((write) => write.at > asOf);
    return missed ? missed.before : entry.item;
  }

  set(key: string, item: Item | undefined, now: number): void {
    let entry = this.#entries.get(key);
    if (!entry) {
      if (item === undefined) return;
      entry = { item: undefined, writes: [] };
      this.#entries.set(key, entry);
      this.#sorted = undefined;
    }
    const writes = entry.writes.filter((write) => write.at > now - staleMsMax);
    entry.writes = [...writes, { at: now, before: entry.item }];
    entry.item = item;
  }

  /** Items in the order of their keys. */
  values(range: KeyRange, asOf?: number): readonly Item[] {
    const within = this.#keys().filter(
      (key) =>
        (range.gt === undefined || key > range.gt) &&
        (range.gte === undefined || key >= range.gte) &&
        (range.lt === undefined || key < range.lt) &&
        (range.lte === undefined || key <= range.lte),
    );
    const ordered = range.reverse === true ? within.toReversed() : within;
    const items: Item[] = [];
    const limit = range.limit === undefined || range.limit < 0 ? Infinity : range.limit;
    for (const key of ordered) {
      if (items.length >= limit) break;
      const item = this.get(key, asOf);
      if (item) items.push(item);
    }
    return items;
  }

  /** Every item with its key, as it is now. */
  *current(): Iterable<readonly [key: string, item: Item]> {
    for (const key of this.#keys()) {
      const item = this.get(key);
      if (item) yield [key, item];
    }
  }

  measure(): { readonly count: number; readonly bytes: number } {
    let count = 0;
    let bytes = 0;
    for (const [, item] of this.current()) {
      count += 1;
      bytes += itemBytes(item);
    }
    return { count, bytes };
  }

  #keys(): readonly string[] {
    this.#sorted ??= [...this.#entries.keys()].sort();
    return this.#sorted;
  }

  /** Forgets deleted keys that no read can see any more. */
  prune(now: number): void {
    for (const [key, entry] of this.#entries)
      if (entry.item === undefined && entry.writes.every((write) => write.at <= now - staleMsMax)) {
        this.#entries.delete(key);
        this.#sorted = undefined;
      }
  }
}
