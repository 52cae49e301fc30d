import type { TokenBucket, TokenDemand } from './throttle.ts';

/** The most calls at one instant, and calls per second. */
export type OperationRate = readonly [sizeMax: number, tokensPerSecond: number];

/**
 * What a call takes where each operation has a bucket of its own; an operation without figures takes nothing.
 *
 * @param rates by name of the operation
 */
export function operationDemand(
  rates: Readonly<Record<string, OperationRate>>,
  operation: string,
): readonly TokenDemand[] {
  const rate = rates[operation];
  if (!rate) return [];
  const [sizeMax, tokensPerSecond] = rate;
  const bucket: TokenBucket = { name: operation, sizeMax, tokensPerSecond };
  return [{ bucket, tokens: 1 }];
}
