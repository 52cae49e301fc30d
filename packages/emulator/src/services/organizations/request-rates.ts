import { operationDemand, type OperationRate } from '../../world/operation-rates.ts';
import type { Throttle } from '../../world/throttle.ts';

/** Source: Organizations User Guide, "Quotas and service limits", throttling limits by account: burst and calls per second. */
const rates: Readonly<Record<string, OperationRate>> = {
  DescribeAccount: [30, 20],
  ListAccounts: [12, 8],
  ListAccountsForParent: [8, 5],
  ListChildren: [10, 6],
  ListOrganizationalUnitsForParent: [8, 5],
  ListParents: [8, 5],
  ListRoots: [2, 1],
  ListTagsForResource: [15, 10],
};

export const organizationsThrottle: Throttle = {
  demandsOf: (operation) => operationDemand(rates, operation),
  error: { code: 'TooManyRequestsException', message: 'Rate exceeded', status: 400 },
};
