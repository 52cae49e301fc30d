import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { sessionName, tooLate } from './decide.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseReachRequest } from './parse.ts';

/**
 * Asks the handler of one target and gives its answer back. The only code that holds credentials of another account, and
 * all that those allow is to ask.
 *
 * A target that does not answer is an outcome. What is thrown is a request that makes no sense, or a defect.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<ReachAnswer> => {
    const { account, region, request, notAfter } = parseReachRequest(event);
    const answer =
      tooLate(notAfter, deps.clock.now()) ??
      (await deps.accounts.ask(
        { account, region },
        { sessionName: sessionName(deps.config.LINE, request), request },
      ));
    if (answer.outcome === 'unreachable')
      deps.log.warn('target-unreachable', {
        account,
        region,
        reason: answer.reason,
        detail: answer.detail,
      });
    return answer;
  };

export const handler = makeHandler(liveDeps(process.env));
