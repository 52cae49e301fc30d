import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { Json } from './definition.ts';
import { evaluationOf } from './expression-binding.ts';

/** More than this AWS refuses; found by trying, the guide does not say. */
const rangeLengthMax = 360_145;

/** Source: Step Functions Developer Guide, "JSONata functions provided by Step Functions". */
const hashAlgorithms: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** Sizes lose their fraction; nothing comes of a size below 1 or of an empty array. */
const partition = (items: readonly Json[] | undefined, size: number): Json[][] | undefined => {
  const step = Math.trunc(size);
  if (items === undefined || items.length === 0 || !(step >= 1)) return undefined;
  return Array.from({ length: Math.ceil(items.length / step) }, (_, index) =>
    items.slice(index * step, (index + 1) * step),
  );
};

/** Bounds lose their fraction; nothing comes of a step that is missing, 0, or leads away; one item is not an array. */
const range = (first: number, last: number, delta?: number): number[] | number | undefined => {
  const [from, to, step] = [first, last, delta ?? 0].map(Math.trunc);
  if (from === undefined || to === undefined || !step) return undefined;
  const length = Math.floor((to - from) / step) + 1;
  if (length < 1) return undefined;
  if (length > rangeLengthMax)
    throw new Error(
      'Expression evaluation memory limit exceeded: Check for excessive memory usage',
    );
  return length === 1 ? from : Array.from({ length }, (_, index) => from + index * step);
};

const hash = (text: string | undefined, algorithm?: string): string | undefined => {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = hashAlgorithms.get(algorithm);
  if (name === undefined)
    throw new Error(
      `the second argument of $hash must be one of ${[...hashAlgorithms.keys()].join(', ')}`,
    );
  return createHash(name).update(text, 'utf8').digest('hex');
};

/** Of the same seed the same number, as AWS promises; which number, it does not say. */
const seeded = (seed: number): number =>
  createHash('sha256').update(String(seed)).digest().readUIntBE(0, 6) / 2 ** 48;

const uuid = (chance: () => number): string => {
  const digits = Array.from({ length: 32 }, () => Math.floor(chance() * 16).toString(16)).join('');
  const variant = Math.floor(chance() * 4) + 8;
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant.toString(16) + digits.slice(17, 20),
    digits.slice(20),
  ].join('-');
};

const shuffle = (items: readonly Json[] | undefined, chance: () => number): Json[] | undefined => {
  if (items === undefined) return undefined;
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(chance() * rest.length), 1));
};

const parse = (text: string | undefined): unknown =>
  text === undefined ? undefined : JSON.parse(text);

/** Formats a time as jsonata itself does. */
const formatTime = jsonata('$fromMillis(ms, picture, timezone)');

/**
 * Gives an expression the functions that Step Functions adds to JSONata, and those of JSONata's own that would read the
 * wall clock or the machine's chance. Only `$eval` is taken away.
 *
 * Source: Step Functions Developer Guide, "Transforming data with JSONata"
 */
export const registerFunctions = (expression: jsonata.Expression): void => {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn?:x>');
  expression.registerFunction('hash', hash, '<s-s?:s>');
  expression.registerFunction('parse', parse, '<s-:x>');
  expression.registerFunction(
    'random',
    function (this: jsonata.Focus, seed?: number) {
      return seed === undefined ? evaluationOf(this.environment).chance() : seeded(seed);
    },
    '<n?:n>',
  );
  expression.registerFunction(
    'uuid',
    function (this: jsonata.Focus) {
      return uuid(evaluationOf(this.environment).chance);
    },
    '<:s>',
  );
  expression.registerFunction(
    'shuffle',
    function (this: jsonata.Focus, items: readonly Json[] | undefined) {
      return shuffle(items, evaluationOf(this.environment).chance);
    },
    '<a:a>',
  );
  expression.registerFunction(
    'millis',
    function (this: jsonata.Focus) {
      return evaluationOf(this.environment).now;
    },
    '<:n>',
  );
  expression.registerFunction(
    'now',
    function (this: jsonata.Focus, picture?: string, timezone?: string) {
      return formatTime.evaluate({ ms: evaluationOf(this.environment).now, picture, timezone });
    },
    '<s?s?:s>',
  );
  // An expression that calls it calls nothing: T1006, as at AWS.
  expression.assign('eval', undefined);
};
