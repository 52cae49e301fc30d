import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GoldenError } from '../model/golden-error.ts';

/** What our items hold. Members that are undefined are left out, as JSON leaves them out. */
export type StoredValue =
  | string
  | number
  | boolean
  | undefined
  | readonly StoredValue[]
  | { readonly [name: string]: StoredValue };

export const toAttribute = (value: Exclude<StoredValue, undefined>): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isList(value)) {
    return { L: value.filter((member) => member !== undefined).map(toAttribute) };
  }
  return { M: toAttributes(value) };
};

export const toAttributes = (
  values: Readonly<Record<string, StoredValue>>,
): Record<string, AttributeValue> => {
  const entries = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, toAttribute(value)] as const],
  );
  // Not by assignment, which would take the name `__proto__` for something else.
  return Object.fromEntries(entries);
};

/** @throws GoldenError `stored-item-invalid` for kinds of attributes that we never write */
export const fromAttribute = (attribute: AttributeValue): unknown => {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  // A set has no order; DynamoDB gives it in any.
  if (attribute.SS !== undefined) return attribute.SS.toSorted();
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromAttributes(attribute.M);
  throw new GoldenError({
    code: 'stored-item-invalid',
    message: `attribute kind ${Object.keys(attribute).join()} is not one that this product writes`,
  });
};

export const fromAttributes = (
  attributes: Readonly<Record<string, AttributeValue>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, fromAttribute(attribute)]),
  );

const isList = (value: StoredValue): value is readonly StoredValue[] => Array.isArray(value);
