import { GoldenError } from '../model/golden-error.ts';

/** The longest lists that are real, versions of a launch template, have 10,000 items: it suffices even for two a page. */
const pagesMax = 5_000;

/**
 * Collects the items of the pages that a paginator of the SDK reads. An empty page with a token is not the end; only a missing
 * token is.
 *
 * @param options.itemsMax for a list that begins with the newest: as soon as there are so many, the rest is not read
 * @throws GoldenError `page-limit-reached`, because half a list is a wrong list
 */
export const allPages = async <P, T>(
  pages: AsyncIterable<P>,
  itemsOf: (page: P) => readonly T[] | undefined,
  { itemsMax = Infinity }: { itemsMax?: number } = {},
): Promise<T[]> => {
  const items: T[] = [];
  let pageCount = 0;
  for await (const page of pages) {
    items.push(...(itemsOf(page) ?? []));
    if (items.length >= itemsMax) break;
    if ((pageCount += 1) === pagesMax)
      throw new GoldenError({
        code: 'page-limit-reached',
        message: `a list did not end after ${pagesMax} pages; raise the limit if that is real`,
        details: { pagesMax },
      });
  }
  return items;
};
