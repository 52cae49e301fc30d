import { MalformedRequest } from './malformed-request.ts';
import { isRecord, parseTimestamp, scalarFromText, toBytes, toDate } from './scalars.ts';
import type { Shape, StructureShape } from './shape.ts';

/** awsJson uses member names, restJson the model's `jsonName`. */
export type JsonNames = 'member' | 'json-name';

/** Turns parsed JSON (or CBOR) into the values that operations work with: `Date`, `Uint8Array`, plain objects. */
export function readJson(shape: Shape, value: unknown, names: JsonNames, path = '$'): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, value, names, path);
    case 'list':
      if (!Array.isArray(value)) throw unexpected(path, 'a list', value);
      return value.map((item, index) => readJson(shape.item, item, names, `${path}[${index}]`));
    case 'map':
      if (!isRecord(value)) throw unexpected(path, 'a map', value);
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== null)
          .map(([key, item]) => [key, readJson(shape.value, item, names, `${path}.${key}`)]),
      );
    case 'string':
      if (typeof value !== 'string') throw unexpected(path, 'a string', value);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw unexpected(path, 'a boolean', value);
      return value;
    case 'number':
    case 'decimal':
    case 'bigint':
      if (typeof value === 'number') return shape.kind === 'bigint' ? BigInt(value) : value;
      if (typeof value === 'bigint') return shape.kind === 'bigint' ? value : Number(value);
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      throw unexpected(path, 'a number', value);
    case 'timestamp':
      if (typeof value === 'object' && 'getTime' in value) return value;
      if (typeof value !== 'number' && typeof value !== 'string')
        throw unexpected(path, 'a time', value);
      return parseTimestamp(value);
    case 'blob':
    case 'stream':
      if (value instanceof Uint8Array) return value;
      if (typeof value !== 'string') throw unexpected(path, 'base64 text', value);
      return scalarFromText(shape, value);
    case 'document':
      return value;
    case 'unit':
      return {};
    default:
      return shape satisfies never;
  }
}

function readStructure(
  shape: StructureShape,
  value: unknown,
  names: JsonNames,
  path: string,
): Record<string, unknown> {
  if (!isRecord(value)) throw unexpected(path, `the structure ${shape.name}`, value);
  const result: Record<string, unknown> = {};
  let consumed = 0;
  for (const member of shape.members) {
    const key = names === 'json-name' ? member.jsonName : member.name;
    if (!Object.hasOwn(value, key)) continue;
    consumed += 1;
    const read = readJson(member.shape, value[key], names, `${path}.${key}`);
    if (read !== undefined) result[member.name] = read;
  }
  const keys = Object.keys(value).filter((key) => key !== '__type');
  if (consumed < keys.length) {
    const known = new Set(shape.members.map((m) => (names === 'json-name' ? m.jsonName : m.name)));
    const strange = keys.filter((key) => !known.has(key));
    throw new MalformedRequest(`${shape.name} has no member ${strange.join(', ')} (at ${path})`, {
      part: 'member',
    });
  }
  return result;
}

const unexpected = (path: string, wanted: string, value: unknown): MalformedRequest =>
  new MalformedRequest(`expected ${wanted} at ${path}, not ${describe(value)}`);

const describe = (value: unknown): string => {
  // What stands in a value within the value is left out: a text of JSON may nest deeper than a stack of calls is.
  const shown = JSON.stringify(value, (key, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    return key !== '' && typeof item === 'object' && item !== null ? '...' : item;
  });
  return shown.length > 80 ? `${shown.slice(0, 80)}...` : shown;
};

/** Turns operation values into what `JSON.stringify` writes the way AWS does. Times default to epoch seconds. */
export function writeJson(shape: Shape, value: unknown, names: JsonNames): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case 'structure': {
      const source = value as Record<string, unknown>;
      const result: Record<string, unknown> = {};
      for (const member of shape.members) {
        const written = writeJson(member.shape, source[member.name], names);
        if (written !== undefined)
          result[names === 'json-name' ? member.jsonName : member.name] = written;
      }
      return result;
    }
    case 'list':
      return (value as unknown[]).map((item) => writeJson(shape.item, item, names) ?? null);
    case 'map':
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          writeJson(shape.value, item, names) ?? null,
        ]),
      );
    case 'timestamp':
      if (shape.format === undefined || shape.format === 'epoch-seconds')
        return toDate(value).getTime() / 1000;
      return shape.format === 'date-time'
        ? toDate(value).toISOString()
        : toDate(value).toUTCString();
    case 'blob':
    case 'stream':
      return Buffer.from(toBytes(value)).toString('base64');
    case 'number':
    case 'decimal':
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    case 'bigint':
      return Number(value);
    case 'string':
    case 'boolean':
    case 'document':
      return value;
    case 'unit':
      return {};
    default:
      return shape satisfies never;
  }
}

/** The CBOR form keeps bytes and times as CBOR has them; only the walk over the schema is shared with JSON. */
export function writeCbor(shape: Shape, value: unknown, tagTime: (date: Date) => unknown): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case 'structure': {
      const source = value as Record<string, unknown>;
      return Object.fromEntries(
        shape.members
          .filter((member) => source[member.name] !== undefined && source[member.name] !== null)
          .map((member) => [member.name, writeCbor(member.shape, source[member.name], tagTime)]),
      );
    }
    case 'list':
      return (value as unknown[]).map((item) => writeCbor(shape.item, item, tagTime) ?? null);
    case 'map':
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          writeCbor(shape.value, item, tagTime) ?? null,
        ]),
      );
    case 'timestamp':
      return tagTime(toDate(value));
    case 'blob':
    case 'stream':
      return toBytes(value);
    default:
      return value;
  }
}
