import { AwsError } from './aws-error.ts';
import type { Call } from './call.ts';
import { defineState } from './state.ts';

/** A bucket of tokens: full at first, filled up steadily, and never holding more than its size. */
export interface TokenBucket {
  /** Unique within the service. */
  readonly name: string;
  /** The most tokens that it holds, so the most calls at one instant. */
  readonly sizeMax: number;
  readonly tokensPerSecond: number;
}

/** What one call takes out of a bucket. */
export interface TokenDemand {
  readonly bucket: TokenBucket;
  readonly tokens: number;
}

/** How a service limits the rate of the calls of one account in one Region. */
export interface Throttle {
  /** What a call takes, before anything about it is checked; nothing for calls without a documented limit. */
  readonly demandsOf: (
    operation: string,
    input: Readonly<Record<string, unknown>>,
    region: string,
  ) => readonly TokenDemand[];
  /** How the service says that the rate is exceeded. */
  readonly error: { readonly code: string; readonly message: string; readonly status: number };
}

const buckets = defineState(
  'token-buckets',
  'regional',
  () => new Map<string, { tokens: number; at: number }>(),
);

/**
 * Takes what a call needs out of its buckets, or nothing at all.
 *
 * Calls that AWS services make are left alone: those try again by themselves, so nobody sees their limits but as time.
 *
 * @throws AwsError the service's own one when a bucket does not hold enough
 */
export function takeTokens(
  call: Call,
  throttle: Throttle,
  input: Readonly<Record<string, unknown>>,
): void {
  if (!isCustomers(call)) return;
  const levels = buckets.in(call);
  const taken = throttle
    .demandsOf(call.operationName, input, call.region)
    .map(({ bucket, tokens }) => {
      const key = `${call.service}/${bucket.name}`;
      return { key, left: levelOf(bucket, levels.get(key), call.now) - tokens };
    });
  if (taken.some(({ left }) => left < 0)) {
    const { code, message, status } = throttle.error;
    throw new AwsError(code, message, { status });
  }
  for (const { key, left } of taken) levels.set(key, { tokens: left, at: call.now });
}

const levelOf = (
  { sizeMax, tokensPerSecond }: TokenBucket,
  last: { readonly tokens: number; readonly at: number } | undefined,
  now: number,
): number =>
  last === undefined
    ? sizeMax
    : Math.min(sizeMax, last.tokens + ((now - last.at) / 1000) * tokensPerSecond);

function isCustomers({ caller, via }: Call): boolean {
  if (caller.kind === 'service' || via.length > 0) return false;
  return caller.kind !== 'assumed-role' || caller.serviceLinkedFor === undefined;
}
