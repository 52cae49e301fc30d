import fc from 'fast-check';
import { hostileText, oddTexts } from './hostile-text.ts';

/** Damage to a text at one of its places. */
interface Damage {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
  readonly isCut: boolean;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat({ max: 1_000_000 }),
  removed: fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 6 }) },
    { weight: 1, arbitrary: fc.nat({ max: 200 }) },
  ),
  inserted: fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 4, arbitrary: hostileText },
    {
      weight: 3,
      arbitrary: fc.constantFrom(...Array.from('{}[]()"\'\\:;,.=&?%/<>|*+-~^$!# \r\n\t0aA')),
    },
  ),
  isCut: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

function hurt(text: string, { at, removed, inserted, isCut }: Damage): string {
  const position = at % (text.length + 1);
  return text.slice(0, position) + inserted + (isCut ? '' : text.slice(position + removed));
}

/** Two parts of one text change places, or one comes again. */
const shuffled = (text: string, one: number, other: number): string => {
  const from = one % (text.length + 1);
  const to = other % (text.length + 1);
  return text.slice(0, from) + text.slice(Math.min(from, to), Math.max(from, to)) + text.slice(to);
};

/** Texts with one to five places damaged. */
export const mutatedText = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(texts, fc.array(damage, { minLength: 1, maxLength: 5 }))
        .map(([text, damages]) => damages.reduce(hurt, text)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(texts, fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }))
        .map(([text, one, other]) => shuffled(text, one, other)),
    },
  );

/** A grammar by example: words and what stands between them in any order, and damaged examples. */
export const textsLike = (options: {
  readonly examples: readonly string[];
  readonly words: readonly string[];
  /** The most characters of a word that comes again and again. */
  readonly lengthMax?: number;
}): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...options.examples) },
    { weight: 6, arbitrary: mutatedText(fc.constantFrom(...options.examples)) },
    {
      weight: 5,
      arbitrary: fc
        .array(fc.constantFrom(...options.words, ...oddTexts.slice(0, 12)), { maxLength: 24 })
        .map((parts) => parts.join('')),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...options.words), fc.constantFrom(30, 200, 3_000, 50_000))
        .map(([word, count]) => word.repeat(count).slice(0, options.lengthMax ?? 200_000)),
    },
    { weight: 1, arbitrary: hostileText },
  );
