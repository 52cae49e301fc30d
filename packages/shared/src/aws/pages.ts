import { GoldenError } from '../model/golden-error.ts';

interface Page<T, Token> {
  items: readonly T[] | undefined;
  next?: Token | undefined;
}

/**
 * Reads pages to the end. An empty page with a token is not the end; only a missing token is.
 *
 * @throws GoldenError `page-limit-reached` after `pagesMax` pages, because half a list is a wrong list
 */
export const allPages = async <T, Token>(options: {
  what: string;
  pagesMax: number;
  read: (token: Token | undefined) => Promise<Page<T, Token>>;
}): Promise<T[]> => {
  const items: T[] = [];
  let token: Token | undefined;
  for (let page = 0; page < options.pagesMax; page += 1) {
    const { items: found, next } = await options.read(token);
    items.push(...(found ?? []));
    if (next === undefined) return items;
    token = next;
  }
  throw new GoldenError({
    code: 'page-limit-reached',
    message: `${options.what} did not end after ${options.pagesMax} pages; raise the limit if that is real`,
    details: { pagesMax: options.pagesMax },
  });
};

/** Reads pages of a list that begins with the newest until there are enough items; an empty page with a token is not the end. */
export const newestItems = async <T, Token>(options: {
  itemsMax: number;
  read: (token: Token | undefined) => Promise<Page<T, Token>>;
}): Promise<T[]> => {
  const items: T[] = [];
  let token: Token | undefined;
  for (let page = 0; page < options.itemsMax; page += 1) {
    const { items: found, next } = await options.read(token);
    items.push(...(found ?? []));
    if (next === undefined || items.length >= options.itemsMax) break;
    token = next;
  }
  return items;
};
