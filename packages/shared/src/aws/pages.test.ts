import { describe, expect, it } from '@jest/globals';
import { allPages } from './pages.ts';

const reader = (pages: { items: number[]; next?: string }[]) => {
  let page = 0;
  return (token: string | undefined) => {
    expect(token).toBe(page === 0 ? undefined : pages[page - 1]?.next);
    page += 1;
    return Promise.resolve(pages[page - 1]!);
  };
};

describe('allPages', () => {
  it('goes on behind an empty page and ends without a token', async () => {
    const read = reader([{ items: [1, 2], next: 'a' }, { items: [], next: 'b' }, { items: [3] }]);
    expect(await allPages({ what: 'numbers', pagesMax: 3, read })).toEqual([1, 2, 3]);
  });

  it('gives no half list', async () => {
    const read = reader([
      { items: [1], next: 'a' },
      { items: [2], next: 'b' },
    ]);
    await expect(allPages({ what: 'numbers', pagesMax: 2, read })).rejects.toMatchObject({
      code: 'page-limit-reached',
    });
  });
});
