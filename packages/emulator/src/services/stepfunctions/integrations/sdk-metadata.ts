import type { Scope } from '../../../world/scope.ts';
import type { Json } from '../asl/definition.ts';

/** What optimized integrations add to a result; the headers are a choice of those that AWS lists. */
export function sdkMetadata(
  scope: Scope,
  requestId: string,
): { readonly SdkHttpMetadata: Json; readonly SdkResponseMetadata: Json } {
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: {
        'x-amzn-RequestId': [requestId],
        Date: [scope.date.toUTCString()],
        'Content-Type': ['application/json'],
      },
      HttpHeaders: {
        'Content-Type': 'application/json',
        Date: scope.date.toUTCString(),
        'x-amzn-RequestId': requestId,
      },
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
