import fc from 'fast-check';

/** Decisions that a builder asks for one after the other; when they have run out, each is the first. */
export class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A number from 0 below `count`. */
  below(count: number): number {
    const number = this.#numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % count;
  }

  of<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  /** True in one of so many cases; never when the decisions have run out. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }
}

export const choices: fc.Arbitrary<readonly number[]> = fc.array(fc.nat({ max: 65_535 }), {
  minLength: 4,
  maxLength: 60,
});
