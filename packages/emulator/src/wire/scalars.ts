import { MalformedRequest } from './malformed-request.ts';
import type { Shape, TimestampFormat } from './shape.ts';

const httpDate = (value: Date): string => value.toUTCString();

/** Writes a time; whole seconds lose their fraction as AWS writes them. */
export function formatTimestamp(value: Date, format: TimestampFormat): string {
  switch (format) {
    case 'date-time':
      return value.toISOString().replace('.000Z', 'Z');
    case 'http-date':
      return httpDate(value);
    case 'epoch-seconds':
      return String(value.getTime() / 1000);
    default:
      return format satisfies never;
  }
}

export function parseTimestamp(value: string | number): Date {
  const date =
    typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(value)
      ? new Date(Math.round(Number(value) * 1000))
      : new Date(value);
  if (Number.isNaN(date.getTime())) throw new MalformedRequest(`not a time: ${String(value)}`);
  return date;
}

/** Reads a value that travels as text: form fields, XML text, headers, labels, query strings. */
export function scalarFromText(shape: Shape, value: string): unknown {
  switch (shape.kind) {
    case 'string':
    case 'document':
      return value;
    case 'number':
    case 'decimal': {
      const number = Number(value);
      if (value.trim() === '' || (Number.isNaN(number) && value !== 'NaN'))
        throw new MalformedRequest(`not a number: ${value}`);
      return number;
    }
    case 'bigint':
      return BigInt(value);
    case 'boolean':
      if (value !== 'true' && value !== 'false')
        throw new MalformedRequest(`not a boolean: ${value}`);
      return value === 'true';
    case 'blob':
    case 'stream':
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'timestamp':
      return parseTimestamp(value);
    case 'structure':
    case 'list':
    case 'map':
    case 'unit':
      throw new MalformedRequest(`a ${shape.kind} cannot be read from the text ${value}`);
    default:
      return shape satisfies never;
  }
}

/** Writes a scalar as text. `fallback` is the protocol's time format when the model names none. */
export function scalarToText(shape: Shape, value: unknown, fallback: TimestampFormat): string {
  if (shape.kind === 'timestamp') return formatTimestamp(toDate(value), shape.format ?? fallback);
  if (shape.kind === 'blob' || shape.kind === 'stream')
    return Buffer.from(toBytes(value)).toString('base64');
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  throw new TypeError(`a ${shape.kind} cannot be written from ${JSON.stringify(value)}`);
}

export function toDate(value: unknown): Date {
  // Functions in the emulator may hold a Date of their own virtual realm, so instanceof is not enough.
  if (typeof value === 'object' && value !== null && 'getTime' in value) return value as Date;
  throw new TypeError(`a timestamp must be a Date, not ${JSON.stringify(value)}`);
}

export function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  throw new TypeError(`a blob must be bytes or a string, not ${JSON.stringify(value)}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
