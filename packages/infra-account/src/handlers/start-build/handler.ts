import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { BuildRequest } from '@golden/shared/payload/build-request.ts';
import { isRetryable } from '@golden/shared/aws/error-codes.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { handleParentWatch } from './handle-parent-watch.ts';
import { handleUpload } from './handle-upload.ts';
import { parseQueuedRequests } from './parse.ts';

/** Lambda's answer to an SQS event source mapping with `ReportBatchItemFailures`. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Takes requests to build from the queue, strictly one after the other.
 *
 * What a person can do something about is an outcome, recorded and told. Everything else is an error: the
 * message goes back to the queue, comes again, and ends in the dead-letter queue, where an alarm sees it.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<BatchResponse> => {
    const messages = parseQueuedRequests(event);
    for (const [index, message] of messages.entries()) {
      try {
        await handleRequest(message.read(), deps);
      } catch (error) {
        deps.log.error('message-failed', {
          messageId: message.messageId,
          errorCode: error instanceof GoldenError ? error.code : nameOf(error),
          retryable: isRetryable(error),
          message: error instanceof Error ? error.message : String(error),
        });
        // Nothing was done: the invocation as a whole has failed, and its alarm shall see it.
        if (index === 0) throw error;
        // The queue keeps its order only if what stands behind a failed message fails with it.
        const failed = messages.slice(index);
        return {
          batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
        };
      }
    }
    return { batchItemFailures: [] };
  };

const handleRequest = (request: BuildRequest, deps: Deps): Promise<void> => {
  switch (request.cause) {
    case 'upload':
      return handleUpload(request.upload, deps);
    case 'parent':
      return handleParentWatch(deps);
    default:
      return request satisfies never;
  }
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

export const handler = makeHandler(liveDeps(process.env));
