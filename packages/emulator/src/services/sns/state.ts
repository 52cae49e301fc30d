import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { defineState } from '../../world/state.ts';
import type { EventPattern } from '../events/pattern.ts';

export type Protocol = 'lambda' | 'sqs' | 'email';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** The account that subscribed. */
  readonly owner: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** ARN of the caller that subscribed. */
  readonly principalArn: string | undefined;
  isPending: boolean;
  /** Whether whoever confirmed it asked that only signed calls end it. */
  isAuthenticated: boolean;
  /** What confirms a pending subscription. */
  readonly token: string;
  rawMessageDelivery: boolean;
  filterText: string | undefined;
  filter: EventPattern | undefined;
  filterScope: 'MessageAttributes' | 'MessageBody';
  redriveText: string | undefined;
  deadLetterQueueArn: string | undefined;
}

/** A topic's policy: as it was given, as it is evaluated, and as clients see it. */
export interface TopicPolicy {
  readonly text: string;
  readonly compiled: CompiledPolicy;
  readonly show: () => string;
}

export interface Topic {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  displayName: string;
  kmsMasterKeyId: string | undefined;
  signatureVersion: string | undefined;
  policy: TopicPolicy;
  readonly tags: Map<string, string>;
  /** By ARN. */
  readonly subscriptions: Map<string, Subscription>;
  deletedSubscriptions: number;
}

export const snsState = defineState('sns', 'regional', () => ({
  topics: new Map<string, Topic>(),
}));
