import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { readQueuePolicy } from './queue-policy.ts';
import { readRedriveAllowPolicy, readRedrivePolicy } from './redrive-policy.ts';
import type { Queue, QueueSettings } from './state.ts';
import { ownMember } from '../../wire/own-member.ts';

// Ranges and defaults: SQS API reference, CreateQueue, "Attributes".
export const visibilityTimeoutSecondsMax = 43_200;
export const delaySecondsMax = 900;
export const waitSecondsMax = 20;
export const messageSizeLimit = 1_048_576;

export const defaultQueueSettings: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 345_600,
  delaySeconds: 0,
  messageSizeMax: messageSizeLimit,
  waitSeconds: 0,
  policyText: undefined,
  policy: undefined,
  redriveText: undefined,
  redrive: undefined,
  redriveAllowText: undefined,
  redriveAllow: undefined,
  kmsMasterKeyId: undefined,
  kmsReuseSeconds: undefined,
  // SQS-managed encryption is on for new queues unless another one is chosen (SQS Developer Guide, "Encryption at rest").
  sqsManagedSse: true,
  contentBasedDeduplication: false,
  deduplicationScope: 'queue',
  fifoThroughputLimit: 'perQueue',
};

const unknownAttribute = (name: string): AwsError =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);

const invalidAttribute = (name: string, reason = ''): AwsError =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${reason}`);

function integer(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw invalidAttribute(name, ` Reason: Must be an integer from ${min} to ${max}.`);
  return value;
}

function flag(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw invalidAttribute(name);
  return text === 'true';
}

function oneOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw invalidAttribute(name);
  return value;
}

function readPolicy(scope: Scope, arn: string, text: string): Partial<QueueSettings> {
  if (text === '') return { policyText: undefined, policy: undefined };
  try {
    return { policyText: text, policy: readQueuePolicy(scope.world, arn, text) };
  } catch (cause) {
    if (!(cause instanceof MalformedPolicy)) throw cause;
    throw invalidAttribute('Policy', ` Reason: ${cause.message}`);
  }
}

type Reader = (
  text: string,
  context: { readonly scope: Scope; readonly queue: Pick<Queue, 'arn' | 'fifo'> },
) => Partial<QueueSettings>;

const anyQueue: Readonly<Record<string, Reader>> = {
  VisibilityTimeout: (text) => ({
    visibilityTimeoutSeconds: integer('VisibilityTimeout', text, 0, visibilityTimeoutSecondsMax),
  }),
  MessageRetentionPeriod: (text) => ({
    retentionSeconds: integer('MessageRetentionPeriod', text, 60, 1_209_600),
  }),
  DelaySeconds: (text) => ({ delaySeconds: integer('DelaySeconds', text, 0, delaySecondsMax) }),
  MaximumMessageSize: (text) => ({
    messageSizeMax: integer('MaximumMessageSize', text, 1024, messageSizeLimit),
  }),
  ReceiveMessageWaitTimeSeconds: (text) => ({
    waitSeconds: integer('ReceiveMessageWaitTimeSeconds', text, 0, waitSecondsMax),
  }),
  Policy: (text, { scope, queue }) => readPolicy(scope, queue.arn, text),
  RedrivePolicy: (text, { scope, queue }) =>
    text === ''
      ? { redriveText: undefined, redrive: undefined }
      : { redriveText: text, redrive: readRedrivePolicy(scope, queue, text) },
  RedriveAllowPolicy: (text) =>
    text === ''
      ? { redriveAllowText: undefined, redriveAllow: undefined }
      : { redriveAllowText: text, redriveAllow: readRedriveAllowPolicy(text) },
  KmsMasterKeyId: (text) =>
    text === ''
      ? { kmsMasterKeyId: undefined, kmsReuseSeconds: undefined }
      : { kmsMasterKeyId: text, kmsReuseSeconds: 300, sqsManagedSse: false },
  KmsDataKeyReusePeriodSeconds: (text) => ({
    kmsReuseSeconds: integer('KmsDataKeyReusePeriodSeconds', text, 60, 86_400),
  }),
  SqsManagedSseEnabled: (text) => ({
    sqsManagedSse: flag('SqsManagedSseEnabled', text),
    ...(text === 'true' ? { kmsMasterKeyId: undefined, kmsReuseSeconds: undefined } : {}),
  }),
};

const fifoOnly: Readonly<Record<string, Reader>> = {
  ContentBasedDeduplication: (text) => ({
    contentBasedDeduplication: flag('ContentBasedDeduplication', text),
  }),
  DeduplicationScope: (text) => ({
    deduplicationScope: oneOf('DeduplicationScope', text, ['queue', 'messageGroup']),
  }),
  FifoThroughputLimit: (text) => ({
    fifoThroughputLimit: oneOf('FifoThroughputLimit', text, ['perQueue', 'perMessageGroupId']),
  }),
};

/**
 * Applies attributes, as clients give them, to the settings of a queue.
 *
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue, or InvalidParameterValue for the redrive policies
 */
export function applyAttributes(
  scope: Scope,
  queue: Pick<Queue, 'arn' | 'fifo'>,
  base: QueueSettings,
  given: Readonly<Partial<Record<string, string>>>,
): QueueSettings {
  if ((given['KmsMasterKeyId'] ?? '') !== '' && given['SqsManagedSseEnabled'] === 'true')
    throw new AwsError(
      'InvalidAttributeValue',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  let settings = base;
  // The key goes before its reuse period, whose default it sets.
  const names = Object.keys(given).sort((a, b) =>
    a === 'KmsMasterKeyId' ? -1 : b === 'KmsMasterKeyId' ? 1 : 0,
  );
  for (const name of names) {
    const reader =
      ownMember(anyQueue, name) ?? (queue.fifo ? ownMember(fifoOnly, name) : undefined);
    if (!reader) throw unknownAttribute(name);
    settings = { ...settings, ...reader(given[name] ?? '', { scope, queue }) };
  }
  if (
    settings.fifoThroughputLimit === 'perMessageGroupId' &&
    settings.deduplicationScope !== 'messageGroup'
  )
    throw invalidAttribute(
      'FifoThroughputLimit',
      ' Reason: perMessageGroupId is allowed only when DeduplicationScope is messageGroup.',
    );
  return settings;
}

/** The attributes that settings stand for, in the form that clients get them. */
export function settingsAsAttributes(queue: Queue): Record<string, string> {
  const { settings } = queue;
  const all: Record<string, string | undefined> = {
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    DelaySeconds: String(settings.delaySeconds),
    MaximumMessageSize: String(settings.messageSizeMax),
    ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds),
    Policy: settings.policyText,
    RedrivePolicy: settings.redrive && JSON.stringify(settings.redrive),
    RedriveAllowPolicy: settings.redriveAllowText,
    KmsMasterKeyId: settings.kmsMasterKeyId,
    KmsDataKeyReusePeriodSeconds: settings.kmsReuseSeconds?.toString(),
    SqsManagedSseEnabled: String(settings.sqsManagedSse),
    ...(queue.fifo
      ? {
          FifoQueue: 'true',
          ContentBasedDeduplication: String(settings.contentBasedDeduplication),
          DeduplicationScope: settings.deduplicationScope,
          FifoThroughputLimit: settings.fifoThroughputLimit,
        }
      : {}),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
