import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageLine } from './ids.ts';
import { versionNumberMax } from './image-version.ts';
import { buildIdentity, isBuildOrder, isRolloutId } from './rollout-id.ts';
import { anImageArn } from './test-builders.ts';

const line = imageLine('prod');

describe('buildIdentity', () => {
  it('names a build, and puts it in its place among all', () => {
    expect(buildIdentity(line, anImageArn(7, 2))).toEqual({
      rolloutId: 'prod-1-0-7-2',
      order: '0000000007.0000000002',
      n: 7,
    });
  });

  it.each([
    ['a version that is not ours', anImageArn(7).replace('1.0.7', '2.0.7')],
    ['an image without a build', anImageArn(7).replace(/\/1$/, '')],
    ['build 0', anImageArn(7, 0)],
    ['a recipe', 'arn:aws:imagebuilder:eu-west-1:111122223333:image-recipe/golden-prod/1.0.7'],
    ['nothing', ''],
  ])('refuses %s', (_, arn) => {
    expect(() => buildIdentity(line, arn)).toThrow(
      expect.objectContaining({ code: 'value-invalid', retryable: false }),
    );
  });

  it('refuses a line whose rollouts would be named too long for the handlers of the accounts', () => {
    const arn = anImageArn(versionNumberMax, 1);
    const suffix = `-1-0-${versionNumberMax}-1`;
    const longest = imageLine('x'.repeat(50 - suffix.length));
    expect(buildIdentity(longest, arn).rolloutId).toHaveLength(50);
    expect(() => buildIdentity(imageLine(`${longest}x`), arn)).toThrow(/name is too long/);
  });

  it('orders builds as their numbers are ordered', () => {
    const build = fc.tuple(
      fc.oneof(fc.nat(12), fc.nat(versionNumberMax)),
      fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9_999_999_999 })),
    );
    fc.assert(
      fc.property(build, build, (one, other) => {
        const [first, second] = [one, other].map((parts) =>
          buildIdentity(line, anImageArn(...parts)),
        );
        const byNumbers = Math.sign(one[0] - other[0] || one[1] - other[1]);
        const byOrder = first!.order < second!.order ? -1 : first!.order > second!.order ? 1 : 0;
        expect(byOrder).toBe(byNumbers);
        expect(first!.rolloutId === second!.rolloutId).toBe(byNumbers === 0);
      }),
    );
  });
});

describe('isRolloutId', () => {
  it.each(['prod-1-0-7-2', 'a', 'x'.repeat(50)])('takes %s', (value) => {
    expect(isRolloutId(value)).toBe(true);
  });

  it.each(['', 'x'.repeat(51), 'prod 1', 'prod/1', 'prod#1', 'prod-1\n', 7, undefined])(
    'refuses %p',
    (value) => {
      expect(isRolloutId(value)).toBe(false);
    },
  );
});

describe('isBuildOrder', () => {
  it.each(['7.2', '0000000007', '0000000007.000000002', '0000000007.0000000002 ', 7, undefined])(
    'refuses %p',
    (value) => {
      expect(isBuildOrder(value)).toBe(false);
    },
  );
});
