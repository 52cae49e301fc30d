import type { CompiledConstraint, ConstraintTable } from '../src/wire/constraints.ts';
import type { Shape, StructureShape } from '../src/wire/shape.ts';
import { brokenParts } from '../src/world/check-constraint.ts';

/** Texts of which each pattern of the models takes at least one. */
const texts = [
  'abcdefgh',
  '111111111111',
  '/abcdefgh/',
  'v1',
  'arn:aws:iam::111111111111:role/abcdefgh',
  'arn:aws:lambda:eu-west-1:111111111111:function:abcdefgh',
  'arn:aws:lambda:eu-west-1:111111111111:code-signing-config:csc-aaaaaaaaaaaaaaaaa',
  'arn:aws:lambda:eu-west-1:111111111111:layer:abcdefgh:1',
  'arn:aws:elasticfilesystem:eu-west-1:111111111111:access-point/fsap-aaaaaaaaaaaaaaaaa',
  '/mnt/abcdefgh',
  'arn:aws:sqs:eu-west-1:111111111111:abcdefgh',
  'arn:aws:sns:eu-west-1:111111111111:abcdefgh',
  'arn:aws:kms:eu-west-1:111111111111:key/abcdefgh',
  'arn:aws:scheduler:eu-west-1:111111111111:schedule-group/abcdefgh',
  ...[
    'component/abcdefgh/1.0.0/1',
    'component/abcdefgh/1.0.0',
    'image/abcdefgh/1.0.0/1',
    'image/abcdefgh/1.0.0',
    'image-recipe/abcdefgh/1.0.0',
    'image-pipeline/abcdefgh',
    'infrastructure-configuration/abcdefgh',
    'distribution-configuration/abcdefgh',
  ].map((resource) => `arn:aws:imagebuilder:eu-west-1:111111111111:${resource}`),
  '1.0.0',
  'lambda:InvokeFunction',
  'events:PutEvents',
  'ami-12345678',
  'o-abcdefghij',
  'ou-abcd-abcdefgh',
  'r-abcd',
  'h-abcdefgh',
  'car-abcdefgh',
  'someone@example.com',
  'https://example.com/abcdefgh',
  'abcdefgh/abcdefgh',
  'Name',
  'eu-west-1',
  'p-abcdefgh',
];

/** A pattern that refuses nothing. */
const anything = '[\\s\\S]*';

/** Texts of which each other pattern refuses at least one. */
const strangeTexts = ['\u0000', ' ', 'ü', '*', '!', 'a b/c', ':', '日', '\n', '', '.'];

/**
 * A value that fits a shape and its constraint: with required members only, and as short as may be.
 *
 * @throws Error where no text is known that a pattern takes; add one to the list above
 */
function fittingValue(
  shape: Shape,
  constraint: CompiledConstraint | undefined,
  table: ConstraintTable,
): unknown {
  const least = Math.max(0, constraint?.min ?? 0);
  switch (shape.kind) {
    case 'structure':
      return fittingStructure(shape, table);
    case 'list':
      return Array.from({ length: least }, () =>
        fittingValue(shape.item, constraint?.items, table),
      );
    case 'map':
      return Object.fromEntries(
        Array.from({ length: least }, () => [
          fittingText(constraint?.keys),
          fittingValue(shape.value, constraint?.values, table),
        ]),
      );
    case 'string':
      return fittingText(constraint);
    case 'number':
    case 'decimal':
      return constraint?.min ?? Math.min(1, constraint?.max ?? 1);
    case 'bigint':
      return BigInt(constraint?.min ?? 1);
    case 'boolean':
      return true;
    case 'timestamp':
      return new Date(0);
    case 'blob':
    case 'stream':
      return new Uint8Array(Math.max(1, least));
    case 'document':
      return {};
    case 'unit':
      return undefined;
    default:
      return shape satisfies never;
  }
}

export const fittingStructure = (
  shape: StructureShape,
  table: ConstraintTable,
): Record<string, unknown> => {
  const { members, required } = table.of(shape.name);
  return Object.fromEntries(
    shape.members
      .filter((member) => member.required || required.has(member.name))
      .map((member) => [member.name, fittingValue(member.shape, members.get(member.name), table)]),
  );
};

function fittingText(constraint: CompiledConstraint | undefined): string {
  if (!constraint) return 'abcdefgh';
  if (constraint.enum) return [...constraint.enum][0] ?? '';
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = constraint;
  const long = texts.flatMap((text) => [
    text,
    text.padEnd(min, text.at(-1)),
    text.slice(0, Math.max(max, 0)),
  ]);
  const found = long.find((text) => brokenParts(constraint, text).length === 0);
  if (found === undefined)
    throw new Error(`no text is known for ${String(constraint.pattern?.text)}, ${min} to ${max}`);
  return found;
}

/** A value that breaks one part of a constraint, by the name of the part, e.g. `keys.pattern`. */
export function brokenValues(
  shape: Shape,
  constraint: CompiledConstraint,
  table: ConstraintTable,
): readonly (readonly [part: string, value: unknown])[] {
  const { min, max, pattern } = constraint;
  const result: (readonly [string, unknown])[] = [];
  if (min !== undefined && (min > 0 || shape.kind === 'number'))
    result.push(['min', sized(shape, constraint, table, min - 1)]);
  if (max !== undefined) result.push(['max', sized(shape, constraint, table, max + 1)]);
  if (pattern && pattern.text !== anything) result.push(['pattern', strangeText(constraint)]);
  if (constraint.enum) result.push(['enum', 'NoSuchValue']);
  const nested = (
    name: string,
    part: CompiledConstraint | undefined,
    of: Shape,
    wrap: (value: unknown) => unknown,
  ): void => {
    if (!part) return;
    for (const [inner, value] of brokenValues(of, part, table))
      result.push([`${name}.${inner}`, wrap(value)]);
  };
  if (shape.kind === 'list') nested('items', constraint.items, shape.item, (item) => [item]);
  if (shape.kind === 'map') {
    nested('keys', constraint.keys, { kind: 'string' }, (key) => ({
      [String(key)]: fittingValue(shape.value, constraint.values, table),
    }));
    nested('values', constraint.values, shape.value, (value) => ({
      [fittingText(constraint.keys)]: value,
    }));
  }
  return result;
}

function strangeText(constraint: CompiledConstraint): string {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, pattern } = constraint;
  const found = strangeTexts
    .map((text) => (text === '' ? '' : text.padEnd(min, text)))
    .find((text) => text.length >= min && text.length <= max && !pattern?.regex.test(text));
  if (found === undefined)
    throw new Error(`no text is known that ${String(pattern?.text)} refuses`);
  return found;
}

function sized(
  shape: Shape,
  constraint: CompiledConstraint,
  table: ConstraintTable,
  size: number,
): unknown {
  switch (shape.kind) {
    case 'list':
      return Array.from({ length: size }, () => fittingValue(shape.item, constraint.items, table));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: size }, (_, index) => [
          `key-${index}`,
          fittingValue(shape.value, constraint.values, table),
        ]),
      );
    case 'blob':
    case 'stream':
      return new Uint8Array(size);
    case 'string':
      return 'x'.repeat(size);
    default:
      return shape.kind === 'bigint' ? BigInt(size) : size;
  }
}
