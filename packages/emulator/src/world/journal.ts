/** One thing that happened: a call that somebody made, or an event that a service brought about itself. */
export interface JournalEntry {
  readonly sequence: number;
  /** ISO 8601, virtual time. */
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly kind: 'call' | 'event';
  /** The service's name in IAM actions, e.g. `sqs`. */
  readonly service: string;
  /** Operation or event name. */
  readonly name: string;
  /** ARN of the caller, for calls. */
  readonly by?: string;
  /** False for calls that cannot change anything. */
  readonly writes?: boolean;
  /** Error code, for calls that failed. */
  readonly error?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type JournalListener = (entry: JournalEntry) => void;

/** The append-only record of a run. Two runs of one seed write the same journal. */
export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #listeners = new Set<JournalListener>();

  append(entry: Omit<JournalEntry, 'sequence'>): void {
    const full = { sequence: this.entries.length + 1, ...entry };
    this.entries.push(full);
    for (const listener of this.#listeners) listener(full);
  }

  /** @returns the function that ends the subscription */
  onEntry(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One JSON object a line. */
  toJsonLines(): string {
    return this.entries.map((entry) => JSON.stringify(entry)).join('\n') + '\n';
  }
}
