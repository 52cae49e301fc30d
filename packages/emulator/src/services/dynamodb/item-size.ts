import type { Attribute, Item } from './dynalite.ts';
import { isRecord } from '../../wire/scalars.ts';

/** DynamoDB Developer Guide, "Service, account, and table quotas": 400 KB an item. */
export const itemBytesMax = 400 * 1024;

/**
 * The size of an item: names and values, lists and maps with 3 bytes and 1 for each element.
 * Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats".
 */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + attributeBytes(value),
    0,
  );

const sumOf = (values: readonly unknown[], bytesOf: (value: unknown) => number): number =>
  values.reduce<number>((sum, value) => sum + bytesOf(value), 0);

const textBytes = (value: unknown): number => Buffer.byteLength(String(value));
const binaryBytes = (value: unknown): number => Buffer.from(String(value), 'base64').length;

/** Two digits a byte without leading and trailing zeros, one byte on top, one more for a sign. */
function numberBytes(value: unknown): number {
  const text = String(value);
  const digits = text
    .replace(/^-/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function attributeBytes(attribute: Attribute): number {
  const [[type, value] = ['NULL', true]] = Object.entries(attribute);
  switch (type) {
    case 'S':
      return textBytes(value);
    case 'N':
      return numberBytes(value);
    case 'B':
      return binaryBytes(value);
    case 'SS':
      return sumOf(asList(value), textBytes);
    case 'NS':
      return sumOf(asList(value), numberBytes);
    case 'BS':
      return sumOf(asList(value), binaryBytes);
    case 'L':
      return 3 + sumOf(asList(value), (item) => 1 + attributeBytes(item as Attribute));
    case 'M':
      return isRecord(value) ? 3 + Object.keys(value).length + itemBytes(value as Item) : 3;
    default:
      return 1;
  }
}
