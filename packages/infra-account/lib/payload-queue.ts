import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { denyInsecureTransport, policyDocument } from '@golden/constructs/policy.ts';

import { type FailureQueue, failuresKeptSeconds, queuePolicy } from './failure-queue.ts';
import { type PayloadBucket, payloadPrefix } from './payload-bucket.ts';

/** One group for all messages: payloads of a line are taken strictly one after the other. */
export const payloadMessageGroup = 'payloads';

/**
 * How often a message is tried: with a visibility timeout of six minutes for about four hours. A pipeline that is in use
 * may refuse a start, and a build with a long payload takes hours; the age of the oldest message raises its alarm long
 * before.
 */
const receivesMax = 40;
const deliveryAttemptsMax = 24;
const deliveryAgeMaxSeconds = 86_400;

interface PayloadQueueProps {
  readonly bucket: PayloadBucket;
  /** Takes uploads that EventBridge could not put into the queue. */
  readonly triggerFailures: FailureQueue;
  readonly functionTimeoutSeconds: number;
}

/** Upload -> `Object Created` -> rule -> FIFO queue. */
export class PayloadQueue extends Construct {
  readonly arn: string;
  readonly url: string;
  readonly queueName: string;
  readonly deadLetterUrl: string;
  readonly deadLetterQueueName: string;

  constructor(scope: Construct, id: string, props: PayloadQueueProps) {
    super(scope, id);
    const deadLetters = new CfnQueue(this, 'DeadLetters', {
      fifoQueue: true,
      sqsManagedSseEnabled: true,
      messageRetentionPeriod: failuresKeptSeconds,
    });
    const queue = new CfnQueue(this, 'Queue', {
      fifoQueue: true,
      // Scheduler and EventBridge cannot name a deduplication id, so FIFO targets need this.
      contentBasedDeduplication: true,
      sqsManagedSseEnabled: true,
      messageRetentionPeriod: failuresKeptSeconds,
      // Six times the function's timeout, as Lambda asks of a queue that it reads.
      visibilityTimeout: 6 * props.functionTimeoutSeconds,
      redrivePolicy: { deadLetterTargetArn: deadLetters.attrArn, maxReceiveCount: receivesMax },
    });
    const uploads = new CfnRule(this, 'Uploads', {
      description: 'Payloads that were put into the bucket',
      eventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: {
          bucket: { name: [props.bucket.bucketName] },
          object: { key: [{ wildcard: `${payloadPrefix}*.sh` }] },
        },
      },
      targets: [
        {
          id: 'payload-queue',
          arn: queue.attrArn,
          sqsParameters: { messageGroupId: payloadMessageGroup },
          deadLetterConfig: { arn: props.triggerFailures.arn },
          retryPolicy: {
            maximumEventAgeInSeconds: deliveryAgeMaxSeconds,
            maximumRetryAttempts: deliveryAttemptsMax,
          },
        },
      ],
    });
    props.triggerFailures.accept({
      sid: 'UndeliveredUploads',
      service: 'events.amazonaws.com',
      sourceArn: uploads.attrArn,
    });
    new CfnQueuePolicy(this, 'QueuePolicy', {
      queues: [queue.ref],
      policyDocument: queuePolicy(queue.attrArn, [
        { sid: 'Uploads', service: 'events.amazonaws.com', sourceArn: uploads.attrArn },
      ]),
    });
    new CfnQueuePolicy(this, 'DeadLettersPolicy', {
      queues: [deadLetters.ref],
      policyDocument: policyDocument([
        denyInsecureTransport({ actions: ['sqs:*'], resources: [deadLetters.attrArn] }),
      ]),
    });
    this.arn = queue.attrArn;
    this.url = queue.ref;
    this.queueName = queue.attrQueueName;
    this.deadLetterUrl = deadLetters.ref;
    this.deadLetterQueueName = deadLetters.attrQueueName;
  }
}
