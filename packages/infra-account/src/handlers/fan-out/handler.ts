import { settleNotice } from '@golden/shared/store/settle-notice.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseFanOutEvent } from './parse.ts';
import { recordReport } from './record-report.ts';
import { startRollout } from './start-rollout.ts';

/** The one thing of Lambda's context that is used: it stays the same when Lambda retries an event. */
export interface InvocationContext {
  awsRequestId: string;
}

/**
 * Records how builds end, and begins the rollout of an image that is available. It is invoked asynchronously: what it throws, Lambda tries twice more and then puts
 * into the on-failure queue.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown, context: InvocationContext): Promise<void> => {
    const owner = context.awsRequestId;
    for (const incoming of parseFanOutEvent(event, deps.config.PIPELINE_ARN)) {
      if (incoming.kind === 'ignored') {
        deps.log.warn('image-message-ignored', { why: incoming.why });
        continue;
      }
      const version = await recordReport(incoming.report, owner, deps);
      // One step after the other: each sees the version as it is written, on the first delivery and on every repeated
      // one, and so has to be idempotent.
      if (version === undefined) continue;
      await settleNotice(version, owner, deps);
      const outdated = await startRollout(version, owner, deps);
      if (outdated !== undefined) await settleNotice(outdated, owner, deps);
    }
  };

export const handler = makeHandler(liveDeps(process.env));
