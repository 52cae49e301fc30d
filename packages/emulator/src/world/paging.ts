import { AwsError } from './aws-error.ts';
import { Call } from './call.ts';
import type { Scope } from './scope.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * Cuts one page out of a list. The token names the last item that was given out, so that a page walk survives
 * items that come and go, and the operation that gave it out, because no other one takes it. A world may cap every page
 * (tests use two items), which AWS reserves itself too.
 *
 * @param options.keyOf a stable, unique and sortable key; the list is sorted by it
 * @param options.size what the caller asked for; `sizeMax` is the service's limit and default
 * @param options.invalidToken the service's error code for a token that it did not make
 */
export function paginate<T>(
  scope: Scope,
  list: Iterable<T>,
  options: {
    keyOf: (item: T) => string;
    token: string | undefined;
    size: number | undefined;
    sizeMax: number;
    invalidToken: string;
  },
): Page<T> {
  const sizeMax = Math.min(options.sizeMax, scope.world.settings.pageSizeMax);
  const size = Math.max(1, Math.min(options.size ?? sizeMax, sizeMax));
  const after =
    options.token === undefined ? undefined : readToken(scope, options.token, options.invalidToken);
  const sorted = [...list]
    .map((item) => ({ item, key: options.keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const page = sorted.slice(0, size);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    nextToken: last && sorted.length > size ? writeToken(scope, last.key) : undefined,
  };
}

const tokenPrefix = (scope: Scope): string =>
  `v1:${scope.service}:${scope instanceof Call ? scope.operationName : ''}:`;

const writeToken = (scope: Scope, key: string): string =>
  Buffer.from(tokenPrefix(scope) + key).toString('base64');

function readToken(scope: Scope, token: string, invalidToken: string): string {
  const decoded = Buffer.from(token, 'base64').toString();
  const prefix = tokenPrefix(scope);
  if (!decoded.startsWith(prefix))
    throw new AwsError(invalidToken, `The token ${token} is not valid.`);
  return decoded.slice(prefix.length);
}

/** A sort key that keeps numbers and times in order as text. */
export const numericKey = (value: number): string => String(value).padStart(16, '0');
