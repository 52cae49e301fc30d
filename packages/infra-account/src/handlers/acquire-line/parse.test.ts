import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { anExecutionArn, aRollout } from '@golden/shared/model/rollout-builders.ts';
import { parseAcquireRequest } from './parse.ts';

const { rolloutId, order, n, version, imageArn, amis } = aRollout();
const image = { rolloutId, order, n, version, imageArn, amis };
const good = { image, executionArn: anExecutionArn(), startedAt: '2026-11-21T12:00:00.123Z' };
const withImage = (changes: object) => ({ ...good, image: { ...image, ...changes } });

describe('parseAcquireRequest', () => {
  it('takes an image with the execution that rolls it out', () => {
    expect(parseAcquireRequest(good)).toEqual(good);
  });

  it.each([
    ['a rollout without image', { ...good, image: undefined }, /image/],
    ['an id that leads elsewhere', withImage({ rolloutId: 'a#b' }), /rolloutId/],
    ['an order that sorts wrongly', withImage({ order: '7.2' }), /order/],
    ['a number that Image Builder does not count to', withImage({ n: 2 ** 30 }), /n/],
    ['an AMI that is none', withImage({ amis: { 'eu-west-1': 'ami-1' } }), /amis|eu-west-1/],
    ['an execution that is no ARN', { ...good, executionArn: 'x' }, /executionArn/],
    ['a time that is none', { ...good, startedAt: 'yesterday' }, /startedAt/],
    ['another member', { ...good, force: true }, /force/],
  ])('refuses %s', (_, event, problem) => {
    expect(() => parseAcquireRequest(event)).toThrow(PayloadError);
    expect(() => parseAcquireRequest(event)).toThrow(problem);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseAcquireRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
