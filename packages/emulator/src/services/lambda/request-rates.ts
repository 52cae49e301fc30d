import { operationDemand, type OperationRate } from '../../world/operation-rates.ts';
import type { Throttle } from '../../world/throttle.ts';

// Source of all figures: Lambda Developer Guide, "Lambda quotas", Lambda API requests. Invocations have no rate of their own
// here: concurrency limits them.
const own: Readonly<Record<string, OperationRate>> = {
  GetFunction: [100, 100],
  GetPolicy: [15, 15],
};
/** All others share one rate. */
const remainder: Readonly<Record<string, OperationRate>> = { remainder: [15, 15] };

export const lambdaThrottle: Throttle = {
  demandsOf: (operation) =>
    operation === 'Invoke'
      ? []
      : own[operation]
        ? operationDemand(own, operation)
        : operationDemand(remainder, 'remainder'),
  error: { code: 'TooManyRequestsException', message: 'Rate exceeded', status: 429 },
};
