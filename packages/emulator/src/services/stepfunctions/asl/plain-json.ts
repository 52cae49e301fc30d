import type { Json } from './definition.ts';

/**
 * What jsonata returned as plain JSON: its arrays carry marks of their own, members may be undefined, and a function may
 * stand anywhere.
 *
 * @returns undefined when the value holds something that JSON cannot say
 */
export const plainJson = (value: unknown): Json | undefined => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has no other numbers: AWS writes their names.
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? plainArray(value) : plainObject(value);
    default:
      return undefined;
  }
};

const plainArray = (items: readonly unknown[]): Json | undefined => {
  const plain: Json[] = [];
  for (const item of items) {
    const json = plainJson(item);
    if (json === undefined) return undefined;
    plain.push(json);
  }
  return plain;
};

const plainObject = (value: object): Json | undefined => {
  if ('_jsonata_function' in value || '_jsonata_lambda' in value) return undefined;
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    // JSON has no undefined: such a member is left out, as when it is written down.
    if (member === undefined) continue;
    const json = plainJson(member);
    if (json === undefined) return undefined;
    members.push([name, json]);
  }
  return Object.fromEntries(members);
};
