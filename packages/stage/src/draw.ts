import { hash } from 'node:crypto';

type Purpose = readonly (string | number)[];

/** Chances that follow from a seed and from what they are for: never from the order in which they are asked for. */
export class Draw {
  readonly seed: string;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** A number in [0, 1). */
  share(...purpose: Purpose): number {
    const digest = hash('sha256', [this.seed, ...purpose].join('\n'), 'buffer');
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  isTrue(share: number, ...purpose: Purpose): boolean {
    return this.share(...purpose) < share;
  }

  /** A whole number in [min, max]. */
  between(min: number, max: number, ...purpose: Purpose): number {
    return min + Math.floor(this.share(...purpose) * (max - min + 1));
  }

  /** @throws RangeError for an empty list */
  pick<T>(from: readonly T[], ...purpose: Purpose): T {
    const found = from[this.between(0, from.length - 1, ...purpose)];
    if (found === undefined) throw new RangeError(`nothing to pick for ${purpose.join(' ')}`);
    return found;
  }

  /** Some of a list, in its order, each with the same share. */
  some<T>(from: readonly T[], share: number, ...purpose: Purpose): T[] {
    return from.filter((_, index) => this.isTrue(share, ...purpose, index));
  }

  /** One of the names, each as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>, ...purpose: Purpose): T {
    const entries = Object.entries<number>(weights) as [T, number][];
    const sum = entries.reduce((total, [, weight]) => total + weight, 0);
    let left = this.share(...purpose) * sum;
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    throw new RangeError(`nothing has a weight for ${purpose.join(' ')}`);
  }
}
