import type * as client from '@aws-sdk/client-imagebuilder';
import type { Call } from '../../world/call.ts';
import { paginate, type Page } from '../../world/paging.ts';
import { invalidValue } from './errors.ts';

const pageSizeMax = 25; // Image Builder API Reference, RestrictedInteger: 1 to 25

/** One page; Image Builder's lists all page alike. */
export const listPage = <T>(
  call: Call,
  input: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
  items: Iterable<T>,
  keyOf: (item: T) => string,
): Page<T> =>
  paginate(call, items, {
    keyOf,
    token: input.nextToken,
    size: input.maxResults,
    sizeMax: pageSizeMax,
    invalidToken: 'InvalidPaginationTokenException',
  });

/**
 * What passes all filters; the values of one filter are alternatives.
 *
 * @throws AwsError for a filter that does not exist or is not modelled
 */
export function filterItems<T>(
  items: readonly T[],
  filters: readonly client.Filter[] | undefined,
  valuesOf: (item: T, name: string) => readonly (string | undefined)[] | undefined,
): T[] {
  return items.filter((item) =>
    (filters ?? []).every(({ name = '', values = [] }) => {
      const actual = valuesOf(item, name);
      if (actual === undefined)
        throw invalidValue(
          'filters',
          `The filter '${name}' is invalid or is not modelled by this emulator.`,
        );
      return values.some((value) => actual.includes(value));
    }),
  );
}
