import { describe, expect, it } from '@jest/globals';
import { lateRollbackDetailType } from '@golden/shared/payload/late-rollback-event.ts';
import { parseRevokeEvent } from './parse.ts';

const anEvent = (detail: object = {}) => ({
  'detail-type': lateRollbackDetailType,
  account: '111122223333',
  detail: {
    schema: 1,
    line: 'golden',
    region: 'eu-west-1',
    rolloutId: 'golden-1-0-7-1',
    ami: 'ami-00000000000000001',
    groups: ['web'],
    ...detail,
  },
});

describe('an event of the infra bus', () => {
  it('is a report', () => {
    expect(parseRevokeEvent(anEvent())).toMatchObject({
      kind: 'report',
      report: { account: '111122223333', groups: ['web'] },
    });
  });

  it('that cannot be read is ignored with what is wrong', () => {
    expect(parseRevokeEvent(anEvent({ groups: 'web' }))).toEqual({
      kind: 'ignored',
      why: expect.stringContaining('detail.groups'),
    });
    expect(parseRevokeEvent(null)).toMatchObject({ kind: 'ignored' });
  });
});
