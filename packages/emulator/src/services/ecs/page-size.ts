import { invalidParameter } from './errors.ts';

/**
 * The size of a page that a caller asks for; AWS refuses what is out of range instead of giving what it can.
 *
 * @param sizeMax the operation's limit; source: ECS API Reference, "maxResults" of each operation
 * @throws AwsError InvalidParameterException
 */
export function checkedPageSize(size: number | undefined, sizeMax: number): number | undefined {
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > sizeMax))
    throw invalidParameter(`maxResults must be between 1 and ${sizeMax}.`);
  return size;
}
