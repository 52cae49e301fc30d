import type * as client from '@aws-sdk/client-ec2';
import { compileWildcard } from '../../iam/wildcard.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { invalidValue } from './errors.ts';
import { tagsOf } from './tags.ts';

const filtersPerCallMax = 50; // EC2 API Reference, "List and filter using the API"
const valuesPerFilterMax = 200; // the same

/** What the filters of a list look at, by their names. */
export interface FilterTable<T> {
  readonly values: Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;
  /** The id behind which an item's tags are; left out for what has none. */
  readonly idOf?: (item: T) => string;
  /** What `tag:<key>` looks at where items are tags themselves. */
  readonly tagsOf?: (item: T) => ReadonlyMap<string, string>;
}

/**
 * The items that pass all filters; the values of one filter are alternatives.
 *
 * @throws AwsError for a filter that does not exist or is not modelled, however many items there are
 */
export function filterItems<T>(
  scope: Scope,
  items: Iterable<T>,
  filters: readonly client.Filter[] | undefined,
  table: FilterTable<T>,
): T[] {
  const wanted = filters ?? [];
  if (
    wanted.length > filtersPerCallMax ||
    wanted.some(({ Values }) => (Values?.length ?? 0) > valuesPerFilterMax)
  )
    throw new AwsError(
      'FilterLimitExceeded',
      `The maximum is ${filtersPerCallMax} filters with ${valuesPerFilterMax} values each.`,
    );
  const tests = wanted.map(({ Name: name = '', Values: patterns = [] }) => {
    const valuesOf = readerOf(scope, name, table);
    return (item: T): boolean =>
      patterns.some((pattern) =>
        valuesOf(item).some((value) => value !== undefined && matchesPattern(pattern, value)),
      );
  });
  return [...items].filter((item) => tests.every((passes) => passes(item)));
}

function readerOf<T>(
  scope: Scope,
  name: string,
  { values, idOf, tagsOf: ownTagsOf }: FilterTable<T>,
): (item: T) => readonly (string | undefined)[] {
  const own = Object.hasOwn(values, name) ? values[name] : undefined;
  if (own) return own;
  if (idOf && name === 'tag-key') return (item) => [...tagsOf(scope, idOf(item)).keys()];
  const tags = ownTagsOf ?? (idOf && ((item: T) => tagsOf(scope, idOf(item))));
  if (tags && name.startsWith('tag:')) return (item) => [tags(item).get(name.slice('tag:'.length))];
  throw invalidValue(`The filter '${name}' is invalid or is not modelled by this emulator`);
}

/** `*` and `?` are wildcards; values are compared with case. Source: EC2 API Reference, "List and filter using the API". */
export const matchesPattern = (pattern: string, value: string): boolean =>
  compileWildcard(pattern)(value);

export const yesNo = (value: boolean): string => (value ? 'true' : 'false');
