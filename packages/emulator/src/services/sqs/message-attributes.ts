import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { AwsError } from '../../world/aws-error.ts';
import type { MessageAttribute } from './state.ts';

// SQS Developer Guide, "Message metadata": attributes, their names and their types.
const attributesMax = 10;
const namePattern = /^(?!\.)(?!.*\.\.)(?!(?:aws|amazon)\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const typePattern = /^(?:String|Number|Binary)(?:\..+)?$/;
const typeLengthMax = 256;

/** What SQS accepts in a text; https://www.w3.org/TR/REC-xml/#charsets. */
const forbiddenCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const refuse = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** @throws AwsError InvalidMessageContents */
export function requireValidText(text: string): void {
  if (forbiddenCharacter.test(text))
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
}

/** @throws AwsError InvalidParameterValue or InvalidMessageContents */
export function readMessageAttributes(
  given: Readonly<Record<string, MessageAttributeValue>> | undefined,
): ReadonlyMap<string, MessageAttribute> {
  const entries = Object.entries(given ?? {});
  if (entries.length > attributesMax)
    throw refuse(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  return new Map(entries.map(([name, value]) => [name, readAttribute(name, value)]));
}

function readAttribute(name: string, given: MessageAttributeValue): MessageAttribute {
  const dataType = given.DataType ?? '';
  if (!namePattern.test(name)) throw refuse(`The message attribute name '${name}' is invalid.`);
  if (!typePattern.test(dataType) || dataType.length > typeLengthMax)
    throw refuse(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  if (given.StringListValues?.length || given.BinaryListValues?.length)
    throw refuse(`Message attribute list values in SendMessage operation are not supported.`);
  const binary = dataType.startsWith('Binary');
  const value = binary ? given.BinaryValue : given.StringValue;
  if (value === undefined || value.length === 0)
    throw refuse(
      `The message attribute '${name}' must contain a non-empty ${binary ? 'binary' : 'string'} value.`,
    );
  if (typeof value === 'string') {
    requireValidText(value);
    if (dataType.startsWith('Number') && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value))
      throw refuse(`Can't cast the value of message attribute '${name}' to a number.`);
  }
  return { dataType, value };
}

/** Name, type and value count towards the size of a message. */
export function attributesSize(attributes: ReadonlyMap<string, MessageAttribute>): number {
  let size = 0;
  for (const [name, { dataType, value }] of attributes)
    size += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(value);
  return size;
}

export const writeAttribute = ({ dataType, value }: MessageAttribute): MessageAttributeValue => ({
  DataType: dataType,
  ...(typeof value === 'string' ? { StringValue: value } : { BinaryValue: value }),
});

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * The digest of message attributes, as clients compute it again: each attribute in the order of names, as length and
 * bytes of name, type and value, with a byte that tells text from bytes.
 *
 * Source: SQS Developer Guide, "Message metadata", MD5 message digest for message attributes.
 */
export function md5OfAttributes(
  attributes: ReadonlyMap<string, MessageAttribute>,
): string | undefined {
  if (attributes.size === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  const sorted = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { dataType, value }] of sorted) {
    add(Buffer.from(name));
    add(Buffer.from(dataType));
    hash.update(Uint8Array.of(typeof value === 'string' ? 1 : 2));
    add(typeof value === 'string' ? Buffer.from(value) : value);
  }
  return hash.digest('hex');
}
