import fc from 'fast-check';
import { deepMark } from './deep-json.ts';
import { hostileText, oddTexts } from './hostile-text.ts';
import type { Json } from './json.ts';

const oddNumbers = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e-320,
  1e21,
  -1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 63),
  999,
];

const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.constantFrom<Json>(...oddNumbers) },
  { weight: 1, arbitrary: fc.constantFrom<Json>(true, false, null) },
);

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
);

const large: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(10, 40, 100, 600, 5_000, 20_000),
        fc.constantFrom('[' as const, '{' as const),
      )
      .map(([depth, opening]) => deepMark(depth, opening)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(21, 101, 2_001, 10_000), scalar)
      .map(([count, item]): Json =>
        Array<Json>(count).fill(typeof item === 'string' && item.length > 100 ? 'x' : item),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(21, 2_000)
      .map((count): Json =>
        Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n])),
      ),
  },
);

/** Any JSON that somebody may send: small and odd, long, or deep; what is deep is a mark that {@link dig} replaces in the text. */
export const hostileJson: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(name, scalar), { maxLength: 4 })
      .map((entries): Json => Object.fromEntries(entries)),
  },
  { weight: 1, arbitrary: large },
);
