import type * as client from '@aws-sdk/client-ec2';
import type { Scope } from '../../world/scope.ts';
import { invalidValue } from './errors.ts';
import { tagsOf } from './tags.ts';

/**
 * Whether a resource passes all filters; the values of one filter are alternatives.
 *
 * @param valuesOf the resource's values under a filter's name; undefined for a filter that does not exist
 * @throws AwsError for a filter that does not exist or is not modelled
 */
export function passes(
  filters: readonly client.Filter[] | undefined,
  valuesOf: (name: string) => readonly string[] | undefined,
): boolean {
  return (filters ?? []).every(({ Name: name = '', Values: wanted = [] }) => {
    const values = valuesOf(name);
    if (values === undefined)
      throw invalidValue(`The filter '${name}' is invalid or is not modelled by this emulator`);
    return wanted.some((pattern) => values.some((value) => matchesPattern(pattern, value)));
  });
}

/** The filters that every taggable resource has. */
export function tagFilterValues(
  scope: Scope,
  id: string,
  name: string,
): readonly string[] | undefined {
  const tags = tagsOf(scope, id);
  if (name === 'tag-key') return [...tags.keys()];
  if (!name.startsWith('tag:')) return undefined;
  const value = tags.get(name.slice('tag:'.length));
  return value === undefined ? [] : [value];
}

/** `*` and `?` are wildcards; values are compared with case. Source: EC2 API Reference, "List and filter using the API". */
export function matchesPattern(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

export const yesNo = (value: boolean): string => (value ? 'true' : 'false');
