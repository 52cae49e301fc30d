import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';

/** A message attribute as it was sent; binary values are kept as bytes. */
export interface MessageAttribute {
  readonly dataType: string;
  readonly value: string | Uint8Array;
}

/** One stored copy of a message. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: ReadonlyMap<string, MessageAttribute>;
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  /** Bytes of the body and the attributes. */
  readonly size: number;
  /** When the sender sent it, milliseconds since 1970. */
  readonly sentAt: number;
  /** What the retention period counts from; a move to a FIFO dead-letter queue starts it anew. */
  retainedFrom: number;
  /** When it came into this queue; the age metric of a dead-letter queue counts from it. */
  enqueuedAt: number;
  /** Own delay in milliseconds; undefined follows the queue's delay where that is retroactive (FIFO). */
  readonly delayMs: number | undefined;
  /** The order in which a queue looks at its messages. */
  readonly rank: number;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
  firstReceivedAt: number | undefined;
  /** Receives in all queues, as `ApproximateReceiveCount` reports them. */
  receiveCount: number;
  /** Receives in this queue, which the redrive policy counts. */
  receivesHere: number;
  /** The last receive in this queue. */
  takenAt: number;
  /** While now is before it, the message is in flight. */
  hiddenUntil: number;
  receiptHandle: string | undefined;
  /** The queue that gave the message up to this dead-letter queue. */
  deadLetterSourceArn: string | undefined;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns: readonly string[];
}

export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  readonly messageSizeMax: number;
  readonly waitSeconds: number;
  readonly policyText: string | undefined;
  readonly policy: CompiledPolicy | undefined;
  readonly redriveText: string | undefined;
  readonly redrive: RedrivePolicy | undefined;
  readonly redriveAllowText: string | undefined;
  readonly redriveAllow: RedriveAllowPolicy | undefined;
  readonly kmsMasterKeyId: string | undefined;
  readonly kmsReuseSeconds: number | undefined;
  readonly sqsManagedSse: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly fifoThroughputLimit: 'perQueue' | 'perMessageGroupId';
}

/** A receive that can be asked for again by its attempt id. */
export interface ReceiveAttempt {
  readonly at: number;
  readonly messages: readonly { readonly message: StoredMessage; readonly receiptHandle: string }[];
}

export interface Queue {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly url: string;
  readonly fifo: boolean;
  readonly createdAt: number;
  settings: QueueSettings;
  modifiedAt: number;
  readonly tags: Map<string, string>;
  messages: StoredMessage[];
  sequence: number;
  /** By deduplication id, with the group in front where that is the scope. */
  readonly deduplication: Map<string, { readonly until: number; readonly message: StoredMessage }>;
  readonly attempts: Map<string, ReceiveAttempt>;
  purgedAt: number | undefined;
  /** The last call or message; an idle queue reports no metrics. */
  activeAt: number;
  wake: Timer | undefined;
  deleted: boolean;
}

export type MoveTaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

/** A redrive out of a dead-letter queue. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly perSecondMax: number | undefined;
  readonly toMove: number;
  readonly startedAt: number;
  status: MoveTaskStatus;
  moved: number;
  failureReason: string | undefined;
}

export const sqsState = defineState('sqs', 'regional', () => ({
  queues: new Map<string, Queue>(),
  /** When a name was last deleted. */
  deletedAt: new Map<string, number>(),
  moveTasks: [] as MoveTask[],
  /** Queue names whose gauges CloudWatch samples already. */
  gauges: new Set<string>(),
}));
