import type { Json } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';

/** A value between states with its JSON text, so that histories share the text instead of making it anew. */
export interface Value {
  readonly json: Json;
  readonly text: string;
}

/** Step Functions Developer Guide, "Service quotas": input or output of a task, state or execution, in bytes of UTF-8. */
export const payloadBytesMax = 262_144;

export const toValue = (json: Json): Value => ({ json, text: JSON.stringify(json) });

export const isTooLarge = (text: string): boolean =>
  // A character has one byte at least and three bytes at most for each unit of a string.
  text.length * 3 > payloadBytesMax && Buffer.byteLength(text) > payloadBytesMax;

/** @throws StateError States.DataLimitExceeded */
export function requireSize(text: string, what: string): void {
  if (isTooLarge(text))
    throw new StateError(
      'States.DataLimitExceeded',
      `${what} with a size exceeding the maximum number of bytes service limit.`,
    );
}

/** An array tells itself from an object; `Array.isArray` does not know readonly ones. */
export const isList = (json: Json): json is readonly Json[] => Array.isArray(json);

export const isObject = (json: Json | undefined): json is { readonly [name: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
