import { parseBuildRequest } from '@golden/shared/payload/build-request.ts';
import type { BuildRequest } from '@golden/shared/payload/build-request.ts';
import { parseSqsEvent } from '@golden/shared/payload/sqs-event.ts';

/** One message of the build queue; its body is read only when its turn comes. */
export interface QueuedRequest {
  messageId: string;
  /** @throws PayloadError */
  read: () => BuildRequest;
}

/**
 * Reads what the event source mapping hands over, in the order of the queue.
 *
 * @throws PayloadError when it is no SQS event at all
 */
export const parseQueuedRequests = (event: unknown): readonly QueuedRequest[] =>
  parseSqsEvent(event).map(({ messageId, body }) => ({
    messageId,
    read: () => parseBuildRequest(body),
  }));
