import { validationError } from './errors.ts';

/**
 * Checks how many items a page may have; AWS refuses what is out of range instead of giving what it can.
 *
 * @param size what the caller asked for
 * @param sizeMax the operation's limit; source: API Reference, MaxRecords of each operation
 * @throws AwsError ValidationError
 */
export function checkPageSize(size: number | undefined, sizeMax: number): void {
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > sizeMax))
    throw validationError(`MaxRecords ${size} is not valid: it must be from 1 to ${sizeMax}.`);
}

/**
 * Checks how many ids or names a request gives.
 *
 * @throws AwsError ValidationError naming the member
 */
export function checkListLength(
  member: string,
  list: readonly unknown[] | undefined,
  lengthMax: number,
): void {
  if (list && list.length > lengthMax)
    throw validationError(
      `${member} has ${list.length} items, at most ${lengthMax} can be specified in one call.`,
    );
}
