import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '../model/golden-error.ts';
import { lateRollbackDetailType } from './late-rollback-event.ts';
import type { LateRollbackDetail } from './late-rollback-event.ts';
import { parseLateRollback } from './late-rollback-report.ts';

const aDetail = (changes: object = {}): LateRollbackDetail => ({
  schema: 1,
  line: 'golden',
  region: 'eu-central-1',
  rolloutId: 'golden-1-0-7-1',
  ami: 'ami-00000000000000001',
  groups: ['web'],
  ...changes,
});
const anEvent = (changes: object = {}, detail: unknown = aDetail()) => ({
  version: '0',
  id: 'e-1',
  'detail-type': lateRollbackDetailType,
  source: 'golden.golden',
  account: '111122223333',
  region: 'eu-west-1',
  resources: [],
  detail,
  ...changes,
});

describe('a report of a late rollback', () => {
  it('has the account from EventBridge and the Region from the sender: the event names that of the bus', () => {
    expect(parseLateRollback(anEvent())).toEqual({
      account: '111122223333',
      region: 'eu-central-1',
      line: 'golden',
      rolloutId: 'golden-1-0-7-1',
      ami: 'ami-00000000000000001',
      groups: ['web'],
    });
  });

  it.each([
    ['another event', anEvent({ 'detail-type': 'Object Created' })],
    ['no account', anEvent({ account: undefined })],
    ['a schema to come', anEvent({}, aDetail({ schema: 2 }))],
    ['a Region that leads elsewhere', anEvent({}, aDetail({ region: '../eu' }))],
    ['a rollout that is no key', anEvent({}, aDetail({ rolloutId: 'a#b' }))],
    ['an image by name', anEvent({}, aDetail({ ami: 'latest' }))],
    ['no group', anEvent({}, aDetail({ groups: [] }))],
    ['a group without a name', anEvent({}, aDetail({ groups: [''] }))],
    ['too many groups', anEvent({}, aDetail({ groups: Array(2_001).fill('web') }))],
    ['a text', anEvent({}, JSON.stringify(aDetail()))],
  ])('is not made of %s', (_, event) => {
    expect(() => parseLateRollback(event)).toThrow(PayloadError);
  });

  it('is not made of anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseLateRollback(event)).toThrow(PayloadError);
      }),
    );
  });
});
