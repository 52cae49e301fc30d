import type { CompiledConstraint } from '../wire/constraints.ts';
import { isRecord } from '../wire/scalars.ts';
import type { InputProblem } from './input-problem.ts';

/** One broken part of a constraint. */
export type Broken = Pick<InputProblem, 'rule' | 'measures' | 'limit' | 'says'> & {
  /** The item, key or value that breaks it, where it is not the whole. */
  readonly part?: unknown;
};

/** What a value breaks of its constraint, the items of a list and the pairs of a map included. */
export function brokenParts(constraint: CompiledConstraint, value: unknown): readonly Broken[] {
  // Most inputs break nothing: no list is made for them.
  let broken: Broken[] | undefined;
  const add = (part: Broken | undefined): void => {
    if (part) (broken ??= []).push(part);
  };
  const size = sizeOf(constraint, value);
  if (size) {
    const { measures, count } = size;
    // A pattern is not tried on what is too long anyway: some take long on long texts.
    const tooLong = constraint.max !== undefined && count > constraint.max;
    if (tooLong) add(limitPart(constraint, 'max', measures));
    if (constraint.min !== undefined && count < constraint.min)
      add(limitPart(constraint, 'min', measures));
    if (tooLong) return broken ?? [];
  }
  if (typeof value === 'string') {
    if (constraint.pattern && !constraint.pattern.regex.test(value))
      add(patternPart(constraint.pattern.text));
    if (constraint.enum && !constraint.enum.has(value)) add(enumPart(constraint.enum));
  } else if (Array.isArray(value)) {
    if (constraint.items) add(brokenWithin('Member', constraint.items, value));
  } else if (isRecord(value)) {
    if (constraint.keys) add(brokenWithin('Map keys', constraint.keys, Object.keys(value)));
    if (constraint.values) add(brokenWithin('Map value', constraint.values, Object.values(value)));
  }
  return broken ?? [];
}

/** The size that a constraint limits; nothing is counted for a constraint without limits. */
function sizeOf(
  constraint: CompiledConstraint,
  value: unknown,
): { readonly measures: 'length' | 'value'; readonly count: number | bigint } | undefined {
  if (constraint.min === undefined && constraint.max === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'bigint')
    return { measures: 'value', count: value };
  if (typeof value === 'string') return { measures: 'length', count: lengthOf(value) };
  if (Array.isArray(value) || value instanceof Uint8Array)
    return { measures: 'length', count: value.length };
  return isRecord(value) ? { measures: 'length', count: Object.keys(value).length } : undefined;
}

/** In code points, as Smithy counts; a text without surrogates is as long as JavaScript says. */
const lengthOf = (text: string): number =>
  /[\uD800-\uDBFF]/.test(text) ? Array.from(text).length : text.length;

/** What one of the parts of a list or map breaks; AWS then repeats all that the model says of such a part. */
function brokenWithin(
  what: string,
  constraint: CompiledConstraint,
  parts: readonly unknown[],
): Broken | undefined {
  for (const part of parts) {
    const first = brokenParts(constraint, part)[0];
    if (!first) continue;
    const must =
      what === 'Member' ? 'Member must satisfy constraint' : `${what} must satisfy constraint`;
    return { part, ...first, says: `${must}: [${allParts(constraint, part).join(', ')}]` };
  }
  return undefined;
}

function allParts(constraint: CompiledConstraint, example: unknown): readonly string[] {
  const measures = typeof example === 'number' || typeof example === 'bigint' ? 'value' : 'length';
  const { pattern, enum: values, items } = constraint;
  return [
    ...(constraint.max === undefined ? [] : [limitPart(constraint, 'max', measures).says]),
    ...(constraint.min === undefined ? [] : [limitPart(constraint, 'min', measures).says]),
    ...(pattern ? [patternPart(pattern.text).says] : []),
    ...(values ? [enumPart(values).says] : []),
    ...(items ? [`Member must satisfy constraint: [${allParts(items, '').join(', ')}]`] : []),
  ];
}

const limitPart = (
  constraint: CompiledConstraint,
  rule: 'min' | 'max',
  measures: 'length' | 'value',
): Broken => {
  const limit = String(constraint[rule]);
  return {
    rule,
    measures,
    limit,
    says: `Member must have ${measures} ${rule === 'min' ? 'greater' : 'less'} than or equal to ${limit}`,
  };
};

const patternPart = (text: string): Broken => ({
  rule: 'pattern',
  measures: 'value',
  limit: text,
  says: `Member must satisfy regular expression pattern: ${text}`,
});

const enumPart = (values: ReadonlySet<string>): Broken => {
  const limit = `[${[...values].join(', ')}]`;
  return {
    rule: 'enum',
    measures: 'value',
    limit,
    says: `Member must satisfy enum value set: ${limit}`,
  };
};
