import { PayloadError } from '../model/golden-error.ts';
import type { ReachAnswer } from './reach-answer.ts';
import { parseTargetAnswer } from './target-answer.ts';

/** Below what a Step Functions state may pass on (256 KiB, with room for what stands around it), in bytes. */
const answerBytesMax = 200_000;

/** What Lambda reports when a function took too long; any other type is what the code threw. */
const timeoutType = 'Sandbox.Timedout';

/** What an invocation came back with. */
export interface FunctionResult {
  /** `Unhandled` and the like; Lambda answers with 200 all the same. */
  readonly functionError: string | undefined;
  readonly payload: string;
}

/**
 * Reads the result of a synchronous invocation.
 *
 * Source: Lambda Developer Guide, "Synchronous invocation"; Lambda API Reference, Invoke, `FunctionError`.
 */
export const readFunctionResult = ({ functionError, payload }: FunctionResult): ReachAnswer => {
  const unreachable = (
    reason: 'answer-invalid' | 'answer-too-large' | 'function-failed' | 'timed-out',
    detail: string,
  ): ReachAnswer => ({ outcome: 'unreachable', reason, detail: detail.slice(0, 500) });
  if (functionError !== undefined) {
    const { errorType, errorMessage } = thrownBy(payload);
    return unreachable(
      errorType === timeoutType ? 'timed-out' : 'function-failed',
      `${errorType}: ${errorMessage}`,
    );
  }
  const tooLarge = (text: string): ReachAnswer | undefined => {
    const bytes = new TextEncoder().encode(text).length;
    return bytes > answerBytesMax
      ? unreachable(
          'answer-too-large',
          `the answer has ${bytes} bytes, at most ${answerBytesMax} can be passed on; enrol fewer groups in one line`,
        )
      : undefined;
  };
  try {
    const refused = tooLarge(payload);
    if (refused) return refused;
    const response = parseTargetAnswer(parsed(payload));
    // What is passed on are the sentences, which are longer than what came.
    return tooLarge(JSON.stringify(response)) ?? { outcome: 'answered', response };
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return unreachable('answer-invalid', `${error.message}: ${payload}`);
  }
};

const thrownBy = (payload: string): { errorType: string; errorMessage: string } => {
  const thrown = parsed(payload);
  const member = (name: string): string => {
    const value: unknown =
      typeof thrown === 'object' && thrown !== null
        ? (thrown as Record<string, unknown>)[name]
        : undefined;
    return typeof value === 'string' ? value : 'unknown';
  };
  return { errorType: member('errorType'), errorMessage: member('errorMessage') };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
