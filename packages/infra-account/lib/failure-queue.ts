import { Lazy } from 'aws-cdk-lib';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { acknowledge } from '@golden/constructs/acknowledge.ts';
import { allow, denyInsecureTransport, policyDocument } from '@golden/constructs/policy.ts';

/** The longest that SQS keeps a message: 14 days. */
export const failuresKeptSeconds = 1_209_600;

/** A service that may put messages into a queue, and the resource in whose name it does so. */
export interface QueueSender {
  readonly sid: string;
  readonly service: string;
  readonly sourceArn: string;
}

/** The policy of a queue: nothing without TLS, and services only in the name of one resource each. */
export const queuePolicy = (queueArn: string, senders: readonly QueueSender[]) =>
  policyDocument([
    denyInsecureTransport({ actions: ['sqs:*'], resources: [queueArn] }),
    ...senders.map(({ sid, service, sourceArn }) =>
      allow({
        sid,
        principal: { Service: service },
        actions: ['sqs:SendMessage'],
        resources: [queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': sourceArn } },
      }),
    ),
  ]);

/** A standard queue that collects what could not be delivered; an alarm looks at it and a person empties it. */
export class FailureQueue extends Construct {
  readonly arn: string;
  readonly url: string;
  readonly queueName: string;
  private readonly senders: QueueSender[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const queue = new CfnQueue(this, 'Queue', {
      sqsManagedSseEnabled: true,
      messageRetentionPeriod: failuresKeptSeconds,
    });
    this.arn = queue.attrArn;
    this.url = queue.ref;
    this.queueName = queue.attrQueueName;
    new CfnQueuePolicy(this, 'QueuePolicy', {
      queues: [queue.ref],
      policyDocument: Lazy.any({ produce: () => queuePolicy(this.arn, this.senders) }),
    });
    acknowledge(queue, {
      'AwsSolutions-SQS3': 'This is a dead-letter queue; nothing consumes it that could fail.',
    });
  }

  /** Senders are known only after the queue, because they name it. */
  accept(sender: QueueSender): void {
    this.senders.push(sender);
  }
}
