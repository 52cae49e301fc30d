import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseReachRequest } from './parse.ts';

const aRequest = (changes: object = {}) => ({
  account: '111122223333',
  region: 'eu-west-1',
  request: { action: 'survey', anything: [1] },
  ...changes,
});

describe('parseReachRequest', () => {
  it('takes what is asked as it is', () => {
    expect(parseReachRequest(aRequest())).toEqual(aRequest());
    const until = aRequest({ notAfter: '2026-11-21T08:00:00.000Z' });
    expect(parseReachRequest(until)).toEqual(until);
  });

  it.each([
    ['an account that is a number', { account: 111122223333 }],
    ['an account of eleven digits', { account: '11112222333' }],
    // The Region becomes part of a host name.
    ['a Region that leads elsewhere', { region: 'eu-west-1.example.com/' }],
    ['a Region that is an availability zone', { region: 'eu-west-1a' }],
    ['a time without its zone', { notAfter: '2026-11-21T08:00:00' }],
    ['a request that is a text', { request: '{}' }],
    ['a request that is a list', { request: [] }],
    ['a request that is too long', { request: { filler: 'x'.repeat(65_536) } }],
    ['another member', { roleArn: 'arn:aws:iam::111122223333:role/other' }],
  ])('refuses %s', (_, changes) => {
    expect(() => parseReachRequest(aRequest(changes))).toThrow(PayloadError);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseReachRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
