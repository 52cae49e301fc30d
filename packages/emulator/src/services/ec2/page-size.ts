import { invalidValue } from './errors.ts';

const pageSizeMin = 5; // EC2 API Reference, "Pagination": 5 to 1,000 items; more than 1,000 count as 1,000

/**
 * The page size of the older lists, which the API model leaves open and EC2 still checks.
 *
 * @throws AwsError InvalidParameterValue for less than five; message as users report it
 */
export function checkedPageSize(size: number | undefined): number | undefined {
  if (size !== undefined && size < pageSizeMin)
    throw invalidValue(
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value greater than ${pageSizeMin}.`,
    );
  return size;
}
