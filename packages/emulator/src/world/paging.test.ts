import { describe, expect, it } from '@jest/globals';
import { serviceFixture } from '../../test/world-fixture.ts';
import { Call } from './call.ts';
import { paginate } from './paging.ts';

const aCall = (operationName: string, pageSizeMax = 10): Call => {
  const { world, admin, account } = serviceFixture([], { pageSizeMax });
  return new Call({
    world,
    account,
    region: 'eu-west-1',
    service: 'things',
    caller: admin,
    requestId: 'r',
    operationName,
    via: [],
  });
};

const page = (
  call: Call,
  list: readonly string[],
  more: { token?: string | undefined; size?: number } = {},
) =>
  paginate(call, list, {
    keyOf: (item) => item,
    token: more.token,
    size: more.size,
    sizeMax: 3,
    invalidToken: 'InvalidNextToken',
  });

describe('a walk over pages', () => {
  it('is in the order of the keys and ends without a token', () => {
    const call = aCall('ListThings');
    const first = page(call, ['d', 'b', 'a', 'c']);
    expect(first.items).toEqual(['a', 'b', 'c']);
    expect(page(call, ['d', 'b', 'a', 'c'], { token: first.nextToken })).toEqual({
      items: ['d'],
      nextToken: undefined,
    });
    expect(page(call, ['a', 'b', 'c']).nextToken).toBeUndefined();
  });

  it('goes on where it was though items come and go', () => {
    const call = aCall('ListThings');
    const { nextToken: token } = page(call, ['a', 'b', 'c', 'd']);
    expect(page(call, ['aa', 'd', 'e'], { token }).items).toEqual(['d', 'e']);
  });

  it('has pages as small as the caller asks for and the world allows', () => {
    expect(page(aCall('ListThings'), ['a', 'b', 'c', 'd'], { size: 2 }).items).toHaveLength(2);
    expect(page(aCall('ListThings', 1), ['a', 'b'], { size: 2 }).items).toHaveLength(1);
  });
});

describe('a token', () => {
  it('is refused by another operation', () => {
    const { nextToken: token } = page(aCall('ListThings'), ['a', 'b', 'c', 'd']);
    expect(() => page(aCall('ListOthers'), ['a', 'd'], { token })).toThrow(
      expect.objectContaining({ code: 'InvalidNextToken' }),
    );
    expect(page(aCall('ListThings'), ['a', 'd'], { token }).items).toEqual(['d']);
  });

  it('that nobody gave out is refused', () => {
    expect(() => page(aCall('ListThings'), ['a'], { token: 'made-up' })).toThrow(
      expect.objectContaining({ code: 'InvalidNextToken' }),
    );
  });
});
