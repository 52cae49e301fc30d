import { cleanStack } from './clean-stack.ts';

/** What the caller of a failed function gets as payload. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type Outcome =
  | { readonly kind: 'response'; readonly payload: string }
  | {
      readonly kind: 'error';
      readonly payload: FunctionErrorPayload;
      /** As the platform reports it; after `timeout` and `failure` the environment is gone. */
      readonly status: 'error' | 'timeout' | 'failure';
    };

/** An error that the handler threw, or anything else that it threw. */
export function thrownBy(error: unknown): FunctionErrorPayload {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: cleanStack(error.stack ?? '').split('\n'),
  };
}

/** What goes wrong before a handler runs gets a name of the runtime's own. */
export function loadFailure(error: unknown): FunctionErrorPayload {
  const named = (errorType: string): FunctionErrorPayload => ({
    errorType,
    errorMessage: String(error),
    trace: [`${errorType}: ${String(error)}`],
  });
  if (error instanceof SyntaxError) return named('Runtime.UserCodeSyntaxError');
  if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')
    return named('Runtime.ImportModuleError');
  return thrownBy(error);
}

const crashed = (requestId: string, reason: string): FunctionErrorPayload => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: ${reason}`,
});

export const killed = (requestId: string): FunctionErrorPayload =>
  crashed(requestId, 'Runtime exited with error: signal: killed');

export const exited = (requestId: string, code: number): FunctionErrorPayload =>
  crashed(
    requestId,
    code === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: exit status ${code}`,
  );

export const timedOut = (requestId: string, timeoutMs: number): FunctionErrorPayload => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
});

export const rejectedUnhandled = (reason: unknown): FunctionErrorPayload => {
  const { trace = [] } = thrownBy(reason);
  return {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: String(reason),
    trace: [`Runtime.UnhandledPromiseRejection: ${String(reason)}`, ...trace],
  };
};
