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

/** What the filters of a list look at, by their names. */
export type FilterTable<T> = Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;

/**
 * What passes all filters; the values of one filter are alternatives.
 *
 * @throws AwsError for a filter that does not exist or is not modelled, however many items there are
 */
export function filterItems<T>(
  items: readonly T[],
  filters: readonly client.Filter[] | undefined,
  table: FilterTable<T>,
): T[] {
  const tests = (filters ?? []).map(({ name = '', values = [] }) => {
    const valuesOf = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!valuesOf)
      throw invalidValue(
        'filters',
        `The filter '${name}' is invalid or is not modelled by this emulator.`,
      );
    return (item: T): boolean => values.some((value) => valuesOf(item).includes(value));
  });
  return items.filter((item) => tests.every((passes) => passes(item)));
}
