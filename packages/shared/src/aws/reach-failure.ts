import type { ReachAnswer, UnreachableReason } from '../payload/reach-answer.ts';
import { hasCode } from './error-codes.ts';

const detailLengthMax = 500;
/** Node's codes for a connection that did not come about or broke. */
const connectionCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
];
const throttlingCodes = [
  'TooManyRequests',
  'Throttling',
  'ThrottledException',
  'RequestLimitExceeded',
];

export const unreachable = (reason: UnreachableReason, detail: string): ReachAnswer => ({
  outcome: 'unreachable',
  reason,
  detail: detail.slice(0, detailLengthMax),
});

/**
 * An error of `sts:AssumeRole` as an answer.
 *
 * Source: STS API Reference, AssumeRole and common errors.
 * @throws what is no error of AWS or of the network, since that is a defect of ours
 */
export const roleFailure = (error: unknown): ReachAnswer => {
  if (hasCode(error, 'AccessDenied')) return failure('role-denied', error);
  if (hasCode(error, 'RegionDisabled')) return failure('region-disabled', error);
  return callFailure(error);
};

/**
 * An error of `lambda:Invoke` as an answer; what the function itself throws is no error of that call.
 *
 * Source: Lambda API Reference, Invoke.
 * @throws what is no error of AWS or of the network, since that is a defect of ours
 */
export const invokeFailure = (error: unknown): ReachAnswer => {
  if (hasCode(error, 'AccessDenied')) return failure('function-denied', error);
  if (hasCode(error, 'ResourceNotFound')) return failure('function-missing', error);
  return callFailure(error);
};

const callFailure = (error: unknown): ReachAnswer => {
  if (throttlingCodes.some((code) => hasCode(error, code))) return failure('throttled', error);
  // The SDK's own name for a request that took longer than it may.
  if (hasCode(error, 'TimeoutError')) return failure('timed-out', error);
  if (isConnectionError(error)) return failure('connection-failed', error);
  if (isAnswerOfAws(error)) return failure('call-failed', error);
  throw error;
};

const failure = (reason: UnreachableReason, error: unknown): ReachAnswer =>
  unreachable(reason, error instanceof Error ? `${error.name}: ${error.message}` : String(error));

const isConnectionError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && connectionCodes.some((code) => code === error.code);

const isAnswerOfAws = (error: unknown): boolean => error instanceof Error && '$metadata' in error;
