import { isRecord } from '../../wire/scalars.ts';
import {
  compileValue,
  InvalidPattern,
  matchTypes,
  type Leaf,
  type ValueTest,
} from './pattern-value.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

export { InvalidPattern } from './pattern-value.ts';

/** A compiled pattern; events are compared as parsed JSON. */
export interface EventPattern {
  matches(event: unknown): boolean;
}

/** What one field must be: the path, and the entries of which one must hold. */
interface FieldTest {
  readonly path: string;
  readonly tests: readonly ValueTest[];
}

/** Alternatives that `$or` makes; one must hold as a whole. */
type Alternative = readonly FieldTest[];

/** A leaf of an event, with the array elements that it lies in: array id to index. */
interface Field {
  readonly path: string;
  readonly leaf: Leaf;
  readonly within: ReadonlyMap<number, number>;
}

const alternativesMax = 1000; // EventBridge User Guide, "$or": a pattern has at most 1,000 combinations
const separator = '\u0000';

/**
 * Compiles an event pattern.
 *
 * A field's array holds if one entry matches the event's value or, where that is an array, one of its elements. Fields
 * inside an array of objects must be met by the same element. Objects nest, `$or` lists alternatives.
 *
 * Source: EventBridge User Guide, "Creating event patterns"; the language is that of github.com/aws/event-ruler.
 *
 * @param pattern JSON text, or what it parses to
 * @throws InvalidPattern
 */
export function compilePattern(pattern: unknown): EventPattern {
  const parsed = typeof pattern === 'string' ? parseJson(pattern) : pattern;
  const alternatives = compileObject(parsed, '');
  return {
    matches: (event) => {
      const fields = flatten(event);
      return alternatives.some((alternative) => extend(alternative, fields, new Map()));
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return parseShallowJson(text);
  } catch {
    throw new InvalidPattern('Filter is not valid JSON');
  }
}

function compileObject(pattern: unknown, path: string): readonly Alternative[] {
  if (!isRecord(pattern) || Array.isArray(pattern))
    throw new InvalidPattern('Filter is not an object');
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidPattern('Empty objects are not allowed');
  let alternatives: readonly Alternative[] = [[]];
  for (const [key, value] of entries) {
    const branches =
      key === '$or' && isOr(value)
        ? value.flatMap((branch) => compileObject(branch, path))
        : compileField(key, value, path === '' ? key : `${path}${separator}${key}`);
    alternatives = alternatives.flatMap((left) => branches.map((right) => [...left, ...right]));
    if (alternatives.length > alternativesMax)
      throw new InvalidPattern(`Rule has more than ${alternativesMax} combinations of $or`);
  }
  return alternatives;
}

/** `$or` counts as the operator only before two or more objects that are no match expressions; else it is a field name. */
function isOr(value: unknown): value is readonly Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every(
      (branch) =>
        isRecord(branch) &&
        !Array.isArray(branch) &&
        Object.keys(branch).length > 0 &&
        !Object.keys(branch).some((key) => matchTypes.has(key)),
    )
  );
}

function compileField(key: string, value: unknown, path: string): readonly Alternative[] {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
    return [[{ path, tests: value.map(compileValue) }]];
  }
  if (isRecord(value)) return compileObject(value, path);
  throw new InvalidPattern(`"${key}" must be an object or an array`);
}

/** The leaves of an event. Empty arrays and objects have none; `exists` sees only leaves. */
function flatten(event: unknown): readonly Field[] {
  const fields: Field[] = [];
  let arrays = 0;
  const visit = (value: unknown, path: string, within: ReadonlyMap<number, number>): void => {
    if (Array.isArray(value)) {
      const id = (arrays += 1);
      value.forEach((item, index) => {
        visit(item, path, new Map(within).set(id, index));
      });
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value))
        visit(item, path === '' ? key : `${path}${separator}${key}`, within);
    } else if (value !== undefined) fields.push({ path, leaf: value as Leaf, within });
  };
  visit(event, '', new Map());
  return fields;
}

/** Looks for leaves that meet the remaining tests in the array elements that were settled on so far. */
function extend(
  tests: readonly FieldTest[],
  fields: readonly Field[],
  chosen: ReadonlyMap<number, number>,
): boolean {
  const [first, ...rest] = tests;
  if (!first) return true;
  return candidates(first, fields).some((within) => {
    for (const [array, index] of within) if ((chosen.get(array) ?? index) !== index) return false;
    return extend(rest, fields, new Map([...chosen, ...within]));
  });
}

/** The places at which a field test is met; a field that is wanted absent is met anywhere. */
function candidates(
  { path, tests }: FieldTest,
  fields: readonly Field[],
): readonly ReadonlyMap<number, number>[] {
  const present = fields.filter((field) => field.path === path);
  if (present.length === 0) return tests.some(({ kind }) => kind === 'absent') ? [new Map()] : [];
  return present
    .filter(({ leaf }) => tests.some((test) => test.kind === 'value' && test.matches(leaf)))
    .map(({ within }) => within);
}
