import { describe, expect, it } from '@jest/globals';
import { allPages } from './pages.ts';

interface Page {
  items?: number[];
}

async function* paginator(pages: Iterable<Page>, seen: Page[] = []): AsyncIterable<Page> {
  for (const page of pages) {
    seen.push(page);
    yield await Promise.resolve(page);
  }
}
function* pagesWithoutEnd(): Iterable<Page> {
  for (;;) yield { items: [1] };
}
const itemsOf = ({ items }: Page) => items;

describe('allPages', () => {
  it('goes on behind an empty page to the end', async () => {
    const pages = paginator([{ items: [1, 2] }, { items: [] }, {}, { items: [3] }]);
    expect(await allPages(pages, itemsOf)).toEqual([1, 2, 3]);
  });

  it('gives no half list', async () => {
    await expect(allPages(paginator(pagesWithoutEnd()), itemsOf)).rejects.toMatchObject({
      code: 'page-limit-reached',
    });
  });

  it('reads no further than it needs', async () => {
    const seen: Page[] = [];
    const pages = paginator([{ items: [3] }, { items: [2, 1] }, { items: [0] }], seen);
    expect(await allPages(pages, itemsOf, { itemsMax: 2 })).toEqual([3, 2, 1]);
    expect(seen).toHaveLength(2);
  });
});
