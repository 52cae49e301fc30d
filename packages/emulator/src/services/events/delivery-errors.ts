import type { AwsError } from '../../world/aws-error.ts';

/** Why a delivery failed, in the codes of EventBridge's dead-letter queues, and whether it is tried again. */
export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  readonly isRetried: boolean;
}

/**
 * Judges the error of a target. Missing permissions and missing targets are not tried again.
 *
 * Source: EventBridge User Guide, "Using dead-letter queues to process undelivered events", ERROR_CODE.
 */
export function judge(error: AwsError): DeliveryFailure {
  const { code, message } = error;
  const failure = (name: string, isRetried: boolean): DeliveryFailure => ({
    code: name,
    message,
    isRetried,
  });
  if (/Throttl|TooManyRequests|RequestLimit|LimitExceeded/.test(code))
    return failure('THROTTLING', true);
  if (error.status !== undefined && error.status >= 500) return failure('INTERNAL_ERROR', true);
  if (/AccessDenied|AuthorizationError|NotAuthorized/.test(code))
    return failure('NO_PERMISSIONS', false);
  if (/NotFound|DoesNotExist|NonExistent/.test(code)) return failure('NO_RESOURCE', false);
  if (/Invalid|Missing|Validation/.test(code)) return failure('INVALID_PARAMETER', false);
  return failure('SDK_CLIENT_ERROR', false);
}
