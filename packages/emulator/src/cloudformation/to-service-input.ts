import type { ServiceModel } from '../wire/model.ts';
import { isRecord } from '../wire/scalars.ts';
import type { Member, Shape, StructureShape } from '../wire/shape.ts';

/** A property that the resource type does not have, or whose value does not fit; the engine fails the resource with it. */
export class PropertyError extends Error {
  override readonly name = 'PropertyError';
  /** Where it stands below the resource's properties, e.g. `Targets[0].Arn`; empty for the properties themselves. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${pointerOf(path)}: ${problem}`);
    this.path = path;
  }
}

/** Paths as CloudFormation's schema messages write them: `#`, `#/Targets/0/Arn`. */
const pointerOf = (path: string): string =>
  ['#', ...path.split(/[.[\]]+/).filter((step) => step !== '')].join('/');

/** Properties of a resource type nest far less deep; the limit keeps a recursive shape finite. */
const nestingMax = 64;

/**
 * Turns resolved resource properties into the input of a service operation, as far as that is mechanical: member
 * names match whatever the case of their first letter (`ParentImage` and `parentImage`), and scalars take the type
 * that the service's model gives them, because template parameters arrive as strings.
 *
 * Text does not become bytes and objects do not become JSON text: a provider that needs this does it before or after.
 *
 * @throws PropertyError naming the path of a property that the operation does not know or whose value does not fit
 * @throws TypeError for an operation that the model does not have
 */
export function toServiceInput(
  model: ServiceModel,
  operation: string,
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const shape = model.operations.get(operation)?.input;
  if (!shape) throw new TypeError(`${model.serviceId} models no operation ${operation}`);
  const input = coerce(shape.kind === 'unit' ? emptyStructure : shape, properties, {
    path: '',
    depth: 0,
  });
  if (!isRecord(input)) throw new TypeError(`the input of ${operation} is no structure`);
  return input;
}

const emptyStructure: StructureShape = {
  kind: 'structure',
  name: '',
  isUnion: false,
  xmlName: '',
  xmlNamespace: undefined,
  members: [],
  byName: new Map(),
};

interface Where {
  readonly path: string;
  readonly depth: number;
}

const below = (where: Where, step: string): Where => ({
  path: where.path === '' ? step.replace(/^\./, '') : where.path + step,
  depth: where.depth + 1,
});

function coerce(shape: Shape, value: unknown, where: Where): unknown {
  if (where.depth > nestingMax)
    throw new PropertyError(where.path, `nests more than ${nestingMax} levels`);
  switch (shape.kind) {
    case 'structure':
      return coerceStructure(shape, value, where);
    case 'list':
      if (!Array.isArray(value)) throw mismatch(where, 'JSONArray', value);
      return value.map((item: unknown, index) =>
        coerce(shape.item, item, below(where, `[${index}]`)),
      );
    case 'map':
      if (!isRecord(value)) throw mismatch(where, 'JSONObject', value);
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [key, coerce(shape.value, item, below(where, `.${key}`))]),
      );
    default:
      return coerceScalar(shape, value, where);
  }
}

function coerceStructure(
  shape: StructureShape,
  value: unknown,
  where: Where,
): Record<string, unknown> {
  if (!isRecord(value)) throw mismatch(where, 'JSONObject', value);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const member = memberFor(shape, key);
    if (!member) throw new PropertyError(where.path, `extraneous key [${key}] is not permitted`);
    if (member.name in result) throw new PropertyError(where.path, `duplicate key [${key}]`);
    result[member.name] = coerce(member.shape, item, below(where, `.${key}`));
  }
  return result;
}

function memberFor(shape: StructureShape, key: string): Member | undefined {
  return (
    shape.byName.get(key) ??
    shape.byName.get(key.charAt(0).toLowerCase() + key.slice(1)) ??
    shape.byName.get(upperFirst(key))
  );
}

function coerceScalar(shape: Shape, value: unknown, where: Where): unknown {
  switch (shape.kind) {
    case 'string':
      return toText(value, where);
    case 'number':
    case 'decimal':
      return toNumber(value, where);
    case 'bigint':
      return toBigInt(value, where);
    case 'boolean':
      return toBoolean(value, where);
    case 'timestamp':
      return toTime(value, where);
    case 'blob':
    case 'stream':
      if (!(value instanceof Uint8Array)) throw mismatch(where, 'bytes', value);
      return value;
    case 'document':
      return value;
    default:
      throw mismatch(where, shape.kind, value);
  }
}

function toText(value: unknown, where: Where): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw mismatch(where, 'String', value);
}

function toNumber(value: unknown, where: Where): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw mismatch(where, 'Number', value);
  return number;
}

function toBigInt(value: unknown, where: Where): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  throw mismatch(where, 'Integer', value);
}

function toBoolean(value: unknown, where: Where): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw mismatch(where, 'Boolean', value);
}

/** Text in ISO 8601, or seconds since 1970. */
function toTime(value: unknown, where: Where): Date {
  const time =
    typeof value === 'number'
      ? new Date(value * 1000)
      : typeof value === 'string'
        ? new Date(/^\d+$/.test(value) ? Number(value) * 1000 : value)
        : undefined;
  if (!time || Number.isNaN(time.getTime())) throw mismatch(where, 'a date-time', value);
  return time;
}

const mismatch = (where: Where, wanted: string, value: unknown): PropertyError =>
  new PropertyError(where.path, `expected type: ${wanted}, found: ${kindOf(value)}`);

function kindOf(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'JSONArray';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'object') return 'JSONObject';
  return typeof value === 'string' ? `String ${JSON.stringify(value)}` : upperFirst(typeof value);
}

const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
