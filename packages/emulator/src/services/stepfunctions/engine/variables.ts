import type { Json } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import { isObject, requireSize } from './value.ts';

// Step Functions Developer Guide, "Passing data between states with variables", limits.
const storedBytesMax = 10_485_760;

/** The variables that a flow sees. */
export class Variables {
  readonly #values: Map<string, Json>;
  readonly #lengths: Map<string, number>;

  constructor(values = new Map<string, Json>(), lengths = new Map<string, number>()) {
    this.#values = values;
    this.#lengths = lengths;
  }

  get values(): ReadonlyMap<string, Json> {
    return this.#values;
  }

  /** What an iteration begins with; what it assigns stays its own. */
  fork(): Variables {
    return new Variables(new Map(this.#values), new Map(this.#lengths));
  }

  /**
   * Sets the variables that an `Assign` gave values to.
   *
   * @returns their JSON texts, for the history
   * @throws StateError when they are too large
   */
  assign(assigned: Json): Record<string, string> {
    if (!isObject(assigned)) throw new TypeError('the checked definition assigns an object');
    const entries = Object.entries(assigned).map(([name, value]) => ({
      name,
      value,
      text: JSON.stringify(value),
    }));
    requireSize(entries.map(({ text }) => text).join(''), 'Variables were assigned');
    const lengths = new Map(this.#lengths);
    for (const { name, text } of entries) lengths.set(name, text.length);
    const stored = [...lengths.values()].reduce((sum, length) => sum + length, 0);
    if (stored > storedBytesMax)
      throw new StateError(
        'States.DataLimitExceeded',
        'The variables of the execution exceed the maximum size of 10 MiB.',
      );
    for (const { name, value, text } of entries) {
      this.#values.set(name, value);
      this.#lengths.set(name, text.length);
    }
    return Object.fromEntries(entries.map(({ name, text }) => [name, text]));
  }
}
