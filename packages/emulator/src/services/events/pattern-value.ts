import { compileGlob, type GlobPart } from '../../iam/wildcard.ts';
import { isRecord } from '../../wire/scalars.ts';
import { cidrTest } from './cidr.ts';

/** A leaf of an event. */
export type Leaf = string | number | boolean | null;

/** One entry of a pattern's array: a test of a leaf, or the wish that there is none. */
export type ValueTest =
  | { readonly kind: 'value'; readonly matches: (leaf: Leaf) => boolean }
  | { readonly kind: 'absent' };

/** A pattern that EventBridge (or SNS) refuses; services turn it into their own error. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
}

/** The words that open a match expression; an object with one of them is no list of `$or` alternatives. */
export const matchTypes: ReadonlySet<string> = new Set([
  'anything-but',
  'cidr',
  'equals-ignore-case',
  'exists',
  'numeric',
  'prefix',
  'suffix',
  'wildcard',
]);

type Test = (leaf: Leaf) => boolean;

const value = (matches: Test): ValueTest => ({ kind: 'value', matches });

const isScalar = (candidate: unknown): candidate is Leaf =>
  candidate === null || ['string', 'number', 'boolean'].includes(typeof candidate);

/**
 * Compiles one entry of a pattern's array.
 *
 * Source: EventBridge User Guide, "Comparison operators for use in event patterns".
 *
 * @throws InvalidPattern
 */
export function compileValue(entry: unknown): ValueTest {
  if (isScalar(entry)) return value((leaf) => leaf === entry);
  if (!isRecord(entry) || Array.isArray(entry))
    throw new InvalidPattern('Match value must be String, number, true, false, or null');
  const [[type, operand] = ['', undefined], ...more] = Object.entries(entry);
  if (more.length > 0) throw new InvalidPattern('Only one key allowed in match expression');
  switch (type) {
    case 'exists':
      if (typeof operand !== 'boolean')
        throw new InvalidPattern('exists match pattern must be either true or false.');
      return operand ? value(() => true) : { kind: 'absent' };
    case 'anything-but':
      return value(anythingBut(operand));
    case 'numeric':
      return value(numericTest(operand));
    case 'cidr': {
      const inBlock = cidrTest(textOf(operand, 'cidr'));
      if (!inBlock) throw new InvalidPattern(`Malformed CIDR: ${String(operand)}`);
      return value((leaf) => typeof leaf === 'string' && inBlock(leaf));
    }
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return value(textTest(type, operand));
    default:
      throw new InvalidPattern(`Unrecognized match type ${type}`);
  }
}

type TextTestType = 'prefix' | 'suffix' | 'equals-ignore-case' | 'wildcard';

function textOf(operand: unknown, type: string): string {
  if (typeof operand !== 'string')
    throw new InvalidPattern(`${type} match pattern must be a string`);
  return operand;
}

/** The operators on text; prefix and suffix have a form that ignores case. */
function textTest(type: TextTestType, operand: unknown): Test {
  if ((type === 'prefix' || type === 'suffix') && isRecord(operand)) {
    const keys = Object.keys(operand);
    if (keys.length !== 1 || keys[0] !== 'equals-ignore-case')
      throw new InvalidPattern(`Unsupported ${type} pattern: ${keys.join(', ')}`);
    const wanted = textOf(operand['equals-ignore-case'], type).toLowerCase();
    const onLower = textTest(type, wanted);
    return (leaf) => typeof leaf === 'string' && onLower(leaf.toLowerCase());
  }
  const wanted = textOf(operand, type);
  const test = plainTextTest(type, wanted);
  return (leaf) => typeof leaf === 'string' && test(leaf);
}

function plainTextTest(type: TextTestType, wanted: string): (leaf: string) => boolean {
  switch (type) {
    case 'prefix':
      return (leaf) => leaf.startsWith(wanted);
    case 'suffix':
      return (leaf) => leaf.endsWith(wanted);
    case 'equals-ignore-case': {
      const lower = wanted.toLowerCase();
      return (leaf) => leaf.toLowerCase() === lower;
    }
    case 'wildcard':
      return compileGlob(wildcardParts(wanted));
    default:
      return type satisfies never;
  }
}

/** `*` matches any text; a backslash makes a star or a backslash literal; two stars in a row are refused. */
function wildcardParts(pattern: string): readonly GlobPart[] {
  const parts: GlobPart[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index);
    if (char === '\\') {
      index += 1;
      const escaped = pattern.charAt(index);
      if (escaped !== '*' && escaped !== '\\')
        throw new InvalidPattern(`Invalid escape character at pos ${index - 1}`);
      parts.push({ text: escaped });
    } else if (char === '*') {
      if (pattern.charAt(index + 1) === '*')
        throw new InvalidPattern(`Consecutive wildcard characters at pos ${index}`);
      parts.push({ wildcard: 'many' });
    } else parts.push({ text: char });
  }
  return parts;
}

function anythingBut(operand: unknown): Test {
  if (isRecord(operand) && !Array.isArray(operand)) return anythingButText(operand);
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const isText = values.every((candidate) => typeof candidate === 'string');
  const isNumber = values.every((candidate) => typeof candidate === 'number');
  if (values.length === 0 || !(isText || isNumber))
    throw new InvalidPattern(
      'Value of anything-but must be an array or single string/number value.',
    );
  const excluded = new Set<unknown>(values);
  return (leaf) => !excluded.has(leaf);
}

/** `anything-but` around an operator on text, whose operand may be a list. */
function anythingButText(operand: Record<string, unknown>): Test {
  const [[type, inner] = ['', undefined], ...more] = Object.entries(operand);
  if (
    more.length > 0 ||
    !(
      type === 'prefix' ||
      type === 'suffix' ||
      type === 'equals-ignore-case' ||
      type === 'wildcard'
    )
  )
    throw new InvalidPattern(
      `Unsupported anything-but pattern: ${Object.keys(operand).join(', ')}`,
    );
  const wanted: unknown[] = Array.isArray(inner) ? inner : [inner];
  if (wanted.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
  const tests = wanted.map((one) => textTest(type, textOf(one, `anything-but ${type}`)));
  return (leaf) => !tests.some((test) => test(leaf));
}

const numericLimit = 5e9; // EventBridge User Guide: numbers from -5.0e9 to 5.0e9

const comparisons: Readonly<Record<string, (leaf: number, bound: number) => boolean>> = {
  '=': (leaf, bound) => leaf === bound,
  '<': (leaf, bound) => leaf < bound,
  '<=': (leaf, bound) => leaf <= bound,
  '>': (leaf, bound) => leaf > bound,
  '>=': (leaf, bound) => leaf >= bound,
};

/** One comparison, or a range: a lower bound and then an upper one. */
function numericTest(operand: unknown): Test {
  const parts: unknown[] = Array.isArray(operand) ? operand : [];
  if (parts.length !== 2 && parts.length !== 4)
    throw new InvalidPattern('Value of numeric must be an array of one or two comparisons.');
  const tests: { readonly sign: string; readonly bound: number }[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const [sign, bound] = parts.slice(index, index + 2);
    if (typeof sign !== 'string' || !comparisons[sign])
      throw new InvalidPattern(`Unrecognized numeric range operator: ${JSON.stringify(sign)}`);
    if (typeof bound !== 'number' || Math.abs(bound) > numericLimit)
      throw new InvalidPattern(
        `Value of numeric must be a number from -${numericLimit} to ${numericLimit}`,
      );
    tests.push({ sign, bound });
  }
  const [first, second] = tests;
  if (first && second) requireRange(first, second);
  return (leaf) =>
    typeof leaf === 'number' &&
    tests.every(({ sign, bound }) => comparisons[sign]?.(leaf, bound) ?? false);
}

function requireRange(
  lower: { readonly sign: string; readonly bound: number },
  upper: { readonly sign: string; readonly bound: number },
): void {
  if (!lower.sign.startsWith('>') || !upper.sign.startsWith('<'))
    throw new InvalidPattern('Bad numeric range operator: a range goes from > or >= to < or <=');
  if (lower.bound >= upper.bound) throw new InvalidPattern('Bottom must be less than top');
}
