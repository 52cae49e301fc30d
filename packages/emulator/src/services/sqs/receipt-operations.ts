import type * as client from '@aws-sdk/client-sqs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { requireBatch, runBatch } from './batch.ts';
import { readHandle, remove } from './message-store.ts';
import { count } from './metrics.ts';
import { noticeActivity } from './poller.ts';
import { visibilityTimeoutSecondsMax } from './queue-attributes.ts';
import { checkByUrl, queueOfUrl } from './queue-lookup.ts';
import type { Queue, StoredMessage } from './state.ts';
import { isInFlight } from './visibility.ts';

/** @throws AwsError ReceiptHandleIsInvalid for a handle that was not made for this queue */
function requireHandle(queue: Queue, handle: string | undefined): string {
  if (handle === undefined || readHandle(handle)?.queueArn !== queue.arn)
    throw new AwsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle ?? ''}" is not a valid receipt handle.`,
    );
  return handle;
}

const holderOf = (queue: Queue, handle: string): StoredMessage | undefined =>
  queue.messages.find((message) => message.receiptHandle === handle);

const invalidHandle = (handle: string, reason: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
  );

/**
 * Deletes by receipt handle. A message that is gone already is a success. With a handle that a later receive replaced
 * a standard queue deletes nothing and says nothing; a FIFO queue refuses a handle once its visibility timeout is over.
 *
 * Source: SQS API reference, DeleteMessage; Developer Guide, "Visibility timeout" for FIFO queues.
 */
function deleteByHandle(call: Call, queue: Queue, given: string | undefined): void {
  const handle = requireHandle(queue, given);
  const message = holderOf(queue, handle);
  if (queue.fifo) {
    const { messageId } = readHandle(handle) ?? {};
    const exists = queue.messages.some((other) => other.id === messageId);
    if (exists && !(message && isInFlight(message, call.now)))
      throw invalidHandle(handle, 'The receipt handle has expired.');
  }
  if (message) remove(call, queue, message);
  count(call, queue, 'NumberOfMessagesDeleted', 1);
}

function changeVisibility(
  call: Call,
  queue: Queue,
  entry: { ReceiptHandle?: string | undefined; VisibilityTimeout?: number | undefined },
): void {
  const handle = requireHandle(queue, entry.ReceiptHandle);
  const seconds = entry.VisibilityTimeout ?? queue.settings.visibilityTimeoutSeconds;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > visibilityTimeoutSecondsMax)
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and ${visibilityTimeoutSecondsMax}.`,
    );
  const message = holderOf(queue, handle);
  if (!message)
    throw invalidHandle(
      handle,
      'Message does not exist or is not available for visibility timeout change.',
    );
  if (!isInFlight(message, call.now))
    throw new AwsError('MessageNotInflight', `The message referred to is not in flight.`);
  const until = call.now + seconds * 1000;
  // The limit counts from the receive and cannot be extended (SQS Developer Guide, "Visibility timeout").
  if (until > message.takenAt + visibilityTimeoutSecondsMax * 1000)
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [${visibilityTimeoutSecondsMax} seconds].`,
    );
  message.hiddenUntil = until;
  noticeActivity(call, queue);
}

export const deleteMessage = operation<
  client.DeleteMessageCommandInput,
  Partial<client.DeleteMessageCommandOutput>
>({
  authorize: checkByUrl('DeleteMessage', { crossAccount: true }),
  run(input, call) {
    deleteByHandle(call, queueOfUrl(call, input.QueueUrl), input.ReceiptHandle);
    return {};
  },
});

export const deleteMessageBatch = operation<
  client.DeleteMessageBatchCommandInput,
  Partial<client.DeleteMessageBatchCommandOutput>
>({
  authorize: checkByUrl('DeleteMessage', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    return runBatch(requireBatch(input.Entries), (entry) => {
      deleteByHandle(call, queue, entry.ReceiptHandle);
      return {};
    });
  },
});

export const changeMessageVisibility = operation<
  client.ChangeMessageVisibilityCommandInput,
  Partial<client.ChangeMessageVisibilityCommandOutput>
>({
  authorize: checkByUrl('ChangeMessageVisibility', { crossAccount: true }),
  run(input, call) {
    changeVisibility(call, queueOfUrl(call, input.QueueUrl), input);
    return {};
  },
});

export const changeMessageVisibilityBatch = operation<
  client.ChangeMessageVisibilityBatchCommandInput,
  Partial<client.ChangeMessageVisibilityBatchCommandOutput>
>({
  authorize: checkByUrl('ChangeMessageVisibility', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    return runBatch(requireBatch(input.Entries), (entry) => {
      changeVisibility(call, queue, entry);
      return {};
    });
  },
});
