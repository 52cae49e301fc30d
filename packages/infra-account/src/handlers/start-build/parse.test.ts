import { describe, expect, it } from '@jest/globals';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseQueuedRequests } from './parse.ts';

describe('parseQueuedRequests', () => {
  it('reads a body only when its turn comes, so that one bad body does not hide the others', () => {
    const event = {
      Records: [
        { messageId: 'first', body: '{"cause":"parent"}' },
        { messageId: 'second', body: 'not JSON' },
      ],
    };
    const [first, second] = parseQueuedRequests(event);
    expect(first?.read()).toEqual({ cause: 'parent' });
    expect(second?.messageId).toBe('second');
    expect(() => second?.read()).toThrow(PayloadError);
  });
});
