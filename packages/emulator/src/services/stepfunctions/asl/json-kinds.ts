import type { Json } from './definition.ts';

export interface JsonObject {
  readonly [name: string]: Json;
}

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `Array.isArray` does not tell readonly arrays from objects. */
export const isJsonArray = (value: Json | undefined): value is readonly Json[] =>
  Array.isArray(value);
