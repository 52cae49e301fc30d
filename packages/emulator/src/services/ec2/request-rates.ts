import type { Throttle, TokenBucket } from '../../world/throttle.ts';

// Source of all figures: EC2 Developer Guide, "Request throttling for the Amazon EC2 API".

/** Size and tokens per second of the operations that have figures of their own. */
const ownRates: Readonly<Record<string, readonly [size: number, perSecond: number]>> = {
  CopyImage: [100, 1],
  CreateDefaultVpc: [1, 1],
  CreateLaunchTemplateVersion: [100, 5],
  CreateTags: [100, 10],
  DeleteSnapshot: [100, 5],
  DeleteTags: [100, 10],
  DeregisterImage: [100, 5],
  ModifyImageAttribute: [100, 5],
  ModifyLaunchTemplate: [100, 5],
  ModifySnapshotAttribute: [100, 5],
  RunInstances: [5, 2],
  TerminateInstances: [100, 5],
};

const nonMutating = [100, 20] as const;
const mutating = [50, 5] as const;
/** Without a filter and without a page size these take from a smaller bucket. */
const unfilteredRate = [50, 10] as const;
const withUnfilteredRate: ReadonlySet<string> = new Set([
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeSecurityGroups',
  'DescribeSnapshots',
]);

/** One token for each instance that a call is about. */
const instanceRates: Readonly<Record<string, readonly [size: number, perSecond: number]>> = {
  RunInstances: [1_000, 2],
  TerminateInstances: [1_000, 20],
};

const bucketOf = (
  name: string,
  [sizeMax, tokensPerSecond]: readonly [size: number, perSecond: number],
): TokenBucket => ({ name, sizeMax, tokensPerSecond });

const isReading = /^(?:Describe|Get|List|Search)/;

/** Each operation has a bucket of its own: "each API is evaluated individually". */
function requestBucket(operation: string, input: Readonly<Record<string, unknown>>): TokenBucket {
  const own = ownRates[operation];
  if (own) return bucketOf(operation, own);
  const isUnfiltered = input['Filters'] === undefined && input['MaxResults'] === undefined;
  if (isUnfiltered && withUnfilteredRate.has(operation))
    return bucketOf(`${operation}, unfiltered`, unfilteredRate);
  return bucketOf(operation, isReading.test(operation) ? nonMutating : mutating);
}

/** Launches count by what they ask for at most, terminations by the ids that they name. */
function instancesOf(input: Readonly<Record<string, unknown>>): number {
  const { MaxCount: count, InstanceIds: ids } = input;
  if (typeof count === 'number') return count;
  return Array.isArray(ids) ? ids.length : 1;
}

/** EC2 limits requests, and instances that are launched or terminated, per account and Region. */
export const ec2Throttle: Throttle = {
  demandsOf(operation, input) {
    const request = { bucket: requestBucket(operation, input), tokens: 1 };
    const rate = instanceRates[operation];
    if (!rate) return [request];
    const bucket = bucketOf(`${operation}, instances`, rate);
    return [request, { bucket, tokens: instancesOf(input) }];
  },
  error: { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
};
