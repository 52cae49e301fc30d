import { describe, expect, it } from '@jest/globals';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import { answered, inSchemaOf, refused } from './response.ts';

const aReport = (changes: Partial<GroupReport> = {}): GroupReport => ({
  group: 'web',
  state: 'moving',
  size: 2,
  image: 'ami-00000000000000001',
  ...changes,
});
const unread = aReport({ state: 'unknown', reason: 'aws-error', detail: 'Throttling' });

describe('an answer', () => {
  it('is in the version that it was asked in, where an older one has another word', () => {
    const said = answered([aReport(), unread]);
    expect(inSchemaOf({ schema: 2 }, said)).toEqual({ schema: 2, ...said });
    expect(inSchemaOf({ schema: 1 }, said)).toEqual({
      schema: 1,
      ...said,
      groups: [aReport(), { ...unread, state: 'failed' }],
    });
  });

  it.each([undefined, null, 'refresh', [], {}, { schema: 3 }, { schema: '1' }])(
    'to what is in no version is in the newest: %j',
    (request) => {
      expect(inSchemaOf(request, answered([unread]))).toEqual({ schema: 2, ...answered([unread]) });
    },
  );

  it('that refuses is in that version as well', () => {
    const said = refused({ reason: 'other-line', line: 'golden', asked: 'silver' });
    expect(inSchemaOf({ schema: 1 }, said)).toEqual({ schema: 1, ...said });
  });
});
