import { validationError } from '../../../cloudformation/validation-error.ts';
import { pageSizeMax } from '../describe-stacks.ts';

/**
 * The size of a page that a caller asks for: AWS refuses what is out of range instead of giving what it can.
 *
 * Source: CloudFormation API Reference, MaxResults of ListStackSets and its neighbours: 1 to 100.
 *
 * @throws AwsError ValidationError
 */
export function checkedPageSize(size: number | undefined): number | undefined {
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > pageSizeMax))
    throw validationError(
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${pageSizeMax}`,
    );
  return size;
}
