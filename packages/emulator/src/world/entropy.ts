import { hash } from 'node:crypto';

/**
 * Ids and chances that follow from the seed, a stream name and a counter per stream: never from the wall clock,
 * and never from the order in which different accounts or services happen to ask.
 */
export class Entropy {
  readonly seed: string;
  readonly #counters = new Map<string, number>();

  constructor(seed: string) {
    this.seed = seed;
  }

  #digest(stream: string): Buffer {
    const counter = (this.#counters.get(stream) ?? 0) + 1;
    this.#counters.set(stream, counter);
    return hash('sha256', `${this.seed}\n${stream}\n${counter}`, 'buffer');
  }

  /** Lower-case hexadecimal digits, at most 64. */
  hex(stream: string, length: number): string {
    return this.#digest(stream).toString('hex').slice(0, length);
  }

  /** Upper-case letters and digits as in access keys and role ids, at most 32. */
  code(stream: string, length: number): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    return [...this.#digest(stream).subarray(0, length)]
      .map((byte) => alphabet[byte % 32])
      .join('');
  }

  uuid(stream: string): string {
    const digits = this.hex(stream, 32);
    const variant = '89ab'[parseInt(digits.charAt(16), 16) % 4] ?? '8';
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      variant + digits.slice(17, 20),
      digits.slice(20, 32),
    ].join('-');
  }

  /** A number in [0, 1). */
  chance(stream: string): number {
    return this.#digest(stream).readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number in [min, max]. */
  between(stream: string, min: number, max: number): number {
    return min + Math.floor(this.chance(stream) * (max - min + 1));
  }
}
