import type * as client from '@aws-sdk/client-sns';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Protocol } from './state.ts';
import { invalidParameter } from './topic-lookup.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

export const messageBytesMax = 262_144; // SNS API reference, Publish, Message: 256 KiB
const subjectLengthMax = 100; // SNS API reference, Publish, Subject

export interface MessageAttribute {
  readonly dataType: string;
  readonly value: string | Uint8Array;
}

/** A message that was accepted, on its way to the subscriptions. */
export interface Message {
  readonly id: string;
  readonly publishedAt: string;
  readonly subject: string | undefined;
  /** The text for a protocol; they differ with `MessageStructure: json`. */
  readonly textFor: (protocol: Protocol) => string;
  /** The text that filter policies of the message body see. */
  readonly defaultText: string;
  readonly attributes: ReadonlyMap<string, MessageAttribute>;
  /** Endpoints get attributes only with messages of one text (SNS Developer Guide, "Message attributes"). */
  readonly sentAttributes: ReadonlyMap<string, MessageAttribute>;
  readonly bytes: number;
}

type Given = Omit<client.PublishBatchRequestEntry, 'Id'>;

/** What one entry of a batch adds to the size of the batch. */
export const givenBytes = ({
  Message: text = '',
  MessageAttributes: attributes = {},
}: Given): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType: type = '', StringValue: value, BinaryValue: bytes }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(type) +
      Buffer.byteLength(value ?? bytes ?? ''),
    Buffer.byteLength(text),
  );

/** @throws AwsError InvalidParameter, ParameterValueInvalid */
export function readMessage(given: Given, id: string, publishedAt: string): Message {
  const { Message: text = '', Subject: subject } = given;
  if (text === '') throw invalidParameter('Empty message');
  if (given.MessageDeduplicationId !== undefined)
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  if (given.MessageGroupId !== undefined)
    throw invalidParameter('MessageGroupId Reason: fair queues are not modelled by this emulator');
  checkSubject(subject);
  const attributes = readAttributes(given.MessageAttributes ?? {});
  const bytes = Buffer.byteLength(text) + attributesBytes(attributes);
  if (bytes > messageBytesMax) throw invalidParameter('Message too long');
  const texts = given.MessageStructure === undefined ? { default: text } : readTexts(given, text);
  return {
    id,
    publishedAt,
    subject,
    textFor: (protocol) => texts[protocol] ?? texts.default,
    defaultText: texts.default,
    attributes,
    sentAttributes: given.MessageStructure === undefined ? attributes : new Map(),
    bytes,
  };
}

function checkSubject(subject: string | undefined): void {
  if (subject === undefined) return;
  if (
    subject === '' ||
    subject.length > subjectLengthMax ||
    !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject)
  )
    throw invalidParameter('Subject');
}

type Texts = { readonly default: string } & Readonly<Partial<Record<Protocol, string>>>;

function readTexts(given: Given, text: string): Texts {
  const refuse = (reason: string): AwsError => invalidParameter(`Message Structure - ${reason}`);
  if (given.MessageStructure !== 'json') throw invalidParameter('MessageStructure');
  let parsed: unknown;
  try {
    parsed = parseShallowJson(text);
  } catch {
    throw refuse('JSON message body failed to parse');
  }
  const entry = (name: string): string | undefined => {
    const value = isRecord(parsed) ? parsed[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const standard = entry('default');
  if (standard === undefined) throw refuse('No default entry in JSON message body');
  const texts: Partial<Record<Protocol, string>> & { default: string } = { default: standard };
  for (const protocol of ['lambda', 'sqs', 'email'] as const) {
    const own = entry(protocol);
    if (own !== undefined) texts[protocol] = own;
  }
  return texts;
}

function readAttributes(
  given: Readonly<Record<string, client.MessageAttributeValue>>,
): ReadonlyMap<string, MessageAttribute> {
  return new Map(
    Object.entries(given).map(([name, { DataType: dataType = '', StringValue, BinaryValue }]) => {
      const refuse = (reason: string): AwsError =>
        new AwsError('ParameterValueInvalid', `The message attribute '${name}' ${reason}`);
      if (!/^(?!\.)(?!.*\.\.)(?!(?:aws|amazon)\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i.test(name))
        throw refuse('has an invalid name');
      if (!/^(?:String|String\.Array|Number|Binary)(?:\.[A-Za-z0-9_.-]+)?$/.test(dataType))
        throw refuse('has an invalid message attribute type');
      const value = dataType.startsWith('Binary') ? BinaryValue : StringValue;
      if (value === undefined || value.length === 0) throw refuse('must contain a non-empty value');
      if (dataType.startsWith('Number') && Number.isNaN(Number(value)))
        throw refuse(`is not a number: ${String(value)}`);
      if (dataType.startsWith('String.Array') && !isList(String(value)))
        throw refuse('is not a JSON array');
      return [name, { dataType, value }];
    }),
  );
}

function isList(text: string): boolean {
  try {
    return Array.isArray(parseShallowJson(text));
  } catch {
    return false;
  }
}

function attributesBytes(attributes: ReadonlyMap<string, MessageAttribute>): number {
  let bytes = 0;
  for (const [name, { dataType, value }] of attributes)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(value);
  return bytes;
}

/** Message attributes as filter policies see them; binary values cannot be filtered. */
export function filterable(
  attributes: ReadonlyMap<string, MessageAttribute>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { dataType, value }] of attributes) {
    if (typeof value !== 'string') continue;
    if (dataType.startsWith('String.Array')) values[name] = JSON.parse(value) as unknown;
    else values[name] = dataType.startsWith('Number') ? Number(value) : value;
  }
  return values;
}
