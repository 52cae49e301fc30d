import type { Call } from '../../world/call.ts';
import { paginate, type Page } from '../../world/paging.ts';

const pageSizeMax = 20; // Organizations API Reference, MaxResults
const smallPageMax = 5;
const emptyPageShare = 0.1;
const emptyMark = 'e.';

/**
 * A page of an Organizations list: now and then it is empty although more follows, as the API Reference warns. Where
 * the world's pages are small, the first page of every list with results is.
 */
export function pageWithGaps<T>(
  call: Call,
  list: Iterable<T>,
  input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
  keyOf: (item: T) => string,
): Page<T> {
  const items = [...list];
  const { NextToken: token } = input;
  const afterGap = token?.startsWith(emptyMark) === true;
  const inner = afterGap ? token.slice(emptyMark.length) : token;
  const page = paginate(call, items, {
    keyOf,
    token: inner === '' ? undefined : inner,
    size: input.MaxResults,
    sizeMax: pageSizeMax,
    invalidToken: 'InvalidInputException',
  });
  if (afterGap || page.items.length === 0 || !leavesGap(call, token)) return page;
  return { items: [], nextToken: emptyMark + (token ?? '') };
}

const leavesGap = (call: Call, token: string | undefined): boolean =>
  call.world.settings.pageSizeMax <= smallPageMax
    ? token === undefined
    : call.chance('empty-page') < emptyPageShare;
