import fc from 'fast-check';
import { dig } from './deep-json.ts';
import { fold, unfold } from './embedded-json.ts';
import { hostileJson } from './hostile-json.ts';
import { oddTexts } from './hostile-text.ts';
import { changeAt, parseJson, placesOf, textsOf, type Json } from './json.ts';

/** One change of a document, at one of its places. */
type Mutation =
  | { readonly kind: 'remove' | 'duplicate' | 'wrap' | 'retype'; readonly at: number }
  | {
      readonly kind: 'rename' | 'tweak';
      readonly at: number;
      readonly text: string;
      readonly cut: number;
    }
  | { readonly kind: 'replace'; readonly at: number; readonly value: Json }
  | { readonly kind: 'repeat'; readonly at: number; readonly count: number };

const at = fc.nat({ max: 10_000 });

/** @param known texts that mean something elsewhere in the documents: ids of other things, words of other members */
const mutation = (known: readonly string[]): fc.Arbitrary<Mutation> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'remove' as const,
          'duplicate' as const,
          'wrap' as const,
          'retype' as const,
        ),
        at,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('rename' as const, 'tweak' as const),
        at,
        text: fc.constantFrom(...oddTexts, '0', '9', 'x', '-', '/', ':'),
        cut: fc.nat({ max: 60 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('replace' as const), at, value: hostileJson }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('replace' as const),
        at,
        value: fc.constantFrom<Json>(...known),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('repeat' as const),
        at,
        count: fc.constantFrom(2, 25, 101, 2_001, 10_000),
      }),
    },
  );

const retyped = (value: Json): Json => {
  switch (typeof value) {
    case 'string':
      return value !== '' && Number.isFinite(Number(value)) ? Number(value) : value.split('');
    case 'number':
      return String(value);
    case 'boolean':
      return value ? 'true' : 0;
    default:
      return JSON.stringify(value);
  }
};

const tweaked = (value: Json, text: string, cut: number): Json => {
  if (typeof value === 'number') return value + cut - 30;
  if (typeof value !== 'string') return [value, text];
  const position = cut % (value.length + 1);
  return value.slice(0, position) + text + value.slice(position + (cut % 3));
};

/** The most bytes that an item may have that is repeated: an event has at most six megabytes. */
const repeatedLengthMax = 400;

function mutate(document: Json, change: Mutation): Json {
  const places = placesOf(document);
  const path = places[change.at % places.length] ?? [];
  return changeAt(document, path, (name, value) => {
    const key = String(name);
    switch (change.kind) {
      case 'remove':
        return [];
      case 'duplicate':
        return [
          [key, value],
          [`${key}2`, value],
        ];
      case 'wrap':
        return [[key, [value]]];
      case 'retype':
        return [[key, retyped(value)]];
      case 'rename':
        return [[change.text, value]];
      case 'tweak':
        return [[key, tweaked(value, change.text, change.cut)]];
      case 'replace':
        return [[key, change.value]];
      case 'repeat': {
        const isShort = JSON.stringify(value).length <= repeatedLengthMax;
        return [
          [key, Array<Json>(isShort ? change.count : Math.min(change.count, 101)).fill(value)],
        ];
      }
      default:
        return change satisfies never;
    }
  });
}

/** Damage to the text itself, which may leave no JSON at all. */
const broken = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .record({
      text: fc.constantFrom(...texts),
      from: fc.nat({ max: 100_000 }),
      removed: fc.nat({ max: 8 }),
      inserted: fc.constantFrom(
        '',
        '"',
        ',',
        '}',
        '[',
        '\\',
        '\u0000',
        '1e999',
        '"__proto__":{},',
        '\ud800',
      ),
      isCut: fc.boolean(),
    })
    .map(({ text, from, removed, inserted, isCut }) => {
      const position = from % (text.length + 1);
      const rest = isCut ? '' : text.slice(position + removed);
      return text.slice(0, position) + inserted + rest;
    });

/**
 * Documents as they are, with one to four changes, arbitrary ones, and broken text.
 *
 * @param documents JSON texts that were seen at work
 */
export function mutatedJson(documents: readonly string[]): fc.Arbitrary<string> {
  const parsed = documents.map((text) => unfold(parseJson(text)));
  const known = [...new Set(parsed.flatMap(textsOf))];
  return fc.oneof(
    {
      weight: 80,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...parsed),
          fc.oneof(
            { weight: 6, arbitrary: fc.array(mutation(known), { minLength: 1, maxLength: 1 }) },
            { weight: 3, arbitrary: fc.array(mutation(known), { maxLength: 4 }) },
          ),
        )
        .map(([document, mutations]) =>
          dig(JSON.stringify(fold(mutations.reduce(mutate, document)))),
        ),
    },
    { weight: 10, arbitrary: hostileJson.map((value) => dig(JSON.stringify(value))) },
    { weight: 5, arbitrary: fc.constantFrom(...documents) },
    { weight: 5, arbitrary: broken(documents) },
  );
}
