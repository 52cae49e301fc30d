import { GoldenError } from '../model/golden-error.ts';
import { isRecord } from '../payload/shape.ts';

const suffixes = ['', 'Exception', 'Fault'];

/**
 * Whether an AWS error has this code. Services and SDKs write a code with or without the suffix `Exception` or `Fault`
 * and put it into `name` or `Code`, so all these forms count. The message never does.
 */
export const hasCode = (error: unknown, code: string): boolean =>
  namesOf(error).some((name) => suffixes.some((suffix) => name === `${code}${suffix}`));

const namesOf = (error: unknown): readonly unknown[] => {
  if (!(error instanceof Error)) return [];
  return [error.name, 'Code' in error ? error.Code : undefined];
};

/** What a call gives, or else the value that stands for an error that is expected of it; any other error goes on. */
export const orExpected = async <T, O>(
  call: Promise<T>,
  expected: Readonly<Record<string, O>>,
): Promise<T | O> => {
  try {
    return await call;
  } catch (error) {
    for (const [code, value] of Object.entries(expected)) if (hasCode(error, code)) return value;
    throw error;
  }
};

/** DynamoDB: the condition of a write did not hold, so somebody else was first. */
export const isConditionFailed = (error: unknown): boolean =>
  hasCode(error, 'ConditionalCheckFailed');

/**
 * S3: there is no such object version, or it is a delete marker (405); or no object can have such a version or key, which a
 * message that S3 did not send may say. A 403 is none of these.
 */
export const isObjectGone = (error: unknown): boolean =>
  hasCode(error, 'NoSuchKey') ||
  hasCode(error, 'NoSuchVersion') ||
  hasCode(error, 'MethodNotAllowed') ||
  hasCode(error, 'InvalidArgument') ||
  hasCode(error, 'KeyTooLongError');

/** S3: `If-None-Match: *` found an object (412). */
export const isAlreadyThere = (error: unknown): boolean => hasCode(error, 'PreconditionFailed');

/** Image Builder: a resource of this name and version exists. */
export const isResourceExists = (error: unknown): boolean =>
  hasCode(error, 'ResourceAlreadyExists');

/** Image Builder: the account has no room for another one. */
export const isQuotaExceeded = (error: unknown): boolean => hasCode(error, 'ServiceQuotaExceeded');

/** Image Builder: the image is not in a state in which this can be asked of it. */
export const isInvalidRequest = (error: unknown): boolean => hasCode(error, 'InvalidRequest');

/**
 * Whether waiting may help; the SDK has already tried again by then, so this only tells a person who reads
 * the log whether to wait or to act.
 */
export const isRetryable = (error: unknown): boolean =>
  isMarkedRetryable(error) || isPassing(error);

/** Whether the same call may well succeed in a while: AWS was busy, out of order, or not reached at all. */
export const isPassing = (error: unknown): boolean =>
  ['ResourceInUse', 'CallRateLimitExceeded', 'Throttling', 'TooManyRequests'].some((code) =>
    hasCode(error, code),
  ) || statusOf(error) >= 500;

const isMarkedRetryable = (error: unknown): boolean =>
  (error instanceof GoldenError && error.retryable) ||
  (error instanceof Error && '$retryable' in error && error.$retryable !== undefined);

/** An answer of AWS has a status; an error of the SDK that has none is of the network. */
const networkStatus = 599;

const statusOf = (error: unknown): number => {
  const metadata = isRecord(error) ? error['$metadata'] : undefined;
  return isRecord(metadata) ? Number(metadata['httpStatusCode'] ?? networkStatus) : 0;
};
