import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aTarget } from '../model/rollout-builders.ts';
import { targetName } from '../model/target.ts';
import { inMovingOrder, wavesOf } from './waves.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sizes = (specification: string, count: number) => {
  const waves = wavesOf(specification, numbers(count));
  return 'problem' in waves ? waves.problem : waves.map(({ length }) => length);
};

describe('wavesOf', () => {
  it.each([
    ['1,50%,100%', 0, []],
    ['1,50%,100%', 1, [1]],
    ['1,50%,100%', 2, [1, 1]],
    ['1,50%,100%', 3, [1, 1, 1]],
    ['1,50%,100%', 7, [1, 3, 3]],
    ['1,50%,100%', 100, [1, 49, 50]],
    ['1,10%,50%,100%', 100, [1, 9, 40, 50]],
    // The default in a small organization: a share that reaches no further than the one before is no wave.
    ['1,10%,50%,100%', 4, [1, 1, 2]],
    ['5,100%', 3, [3]],
    ['50%,2,100%', 100, [50, 50]],
    ['33%,100%', 10, [4, 6]],
    ['7%,100%', 100, [7, 93]],
    [' 1 , 100% ', 3, [1, 2]],
    ['100%', 3, [3]],
  ])('cuts by %s of %i targets', (specification, count, expected) => {
    expect(sizes(specification, count)).toEqual(expected);
  });

  it.each([
    ['0', /"0" in the waves "0" is no share/],
    ['', /"" in the waves "" is no share/],
    ['abc', /"abc" in the waves/],
    ['1,,100%', /"" in the waves "1,,100%"/],
    ['-1,100%', /"-1"/],
    ['1.5%,100%', /"1.5%"/],
    ['101%', /"101%" in the waves/],
    ['0%,100%', /"0%"/],
    ['9999999,100%', /"9999999"/],
    ['50%,10%', /"50%,10%" do not grow/],
    ['100%,100%', /"100%,100%" do not grow/],
    ['5,5,100%', /do not grow/],
    ['50%,3,10%,100%', /do not grow/],
    ['1%', /"1%" do not end with 100%/],
    ['100', /do not end with 100%/],
    [`${numbers(21).slice(1).join(',')},100%`, /21 waves are more than 20/],
    ['x'.repeat(1_000_000), /is no share/],
  ])('refuses %.20s', (specification, problem) => {
    expect(sizes(specification, 3)).toMatch(problem);
    expect(sizes(specification, 3)).toContain('1,50%,100%');
  });

  it('refuses what it was given in a sentence that fits a notice', () => {
    expect(String(sizes(`1,${'x'.repeat(1_000_000)}`, 3)).length).toBeLessThan(400);
  });

  it('puts every target into exactly one wave, in order, and as many as the shares say', () => {
    const percents = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 8 });
    const counts = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(counts, percents, fc.nat(300), (someCounts, somePercents, targets) => {
        const first = someCounts.toSorted((one, other) => one - other);
        const then = [...somePercents.toSorted((one, other) => one - other), 100];
        const specification = [...first, ...then.map((percent) => `${percent}%`)].join(',');
        const waves = wavesOf(specification, numbers(targets));
        if ('problem' in waves) throw new Error(waves.problem);
        expect(waves.flat()).toEqual(numbers(targets));
        expect(waves.every(({ length }) => length > 0)).toBe(true);
        const wanted = [
          ...first.map((count) => Math.min(count, targets)),
          ...then.map((percent) => Math.ceil((percent * targets) / 100)),
        ];
        const reached = wanted.map((_, index) => Math.max(...wanted.slice(0, index + 1)));
        let sum = 0;
        const ends = waves.map(({ length }) => (sum += length));
        expect(ends).toEqual([...new Set(reached)].filter((end) => end > 0));
      }),
    );
  });
});

describe('inMovingOrder', () => {
  const at = (account: string, region = 'eu-west-1') => aTarget({ account, region });
  const [one, two, three] = ['100000000001', '200000000002', '300000000003'] as const;

  it('puts canary accounts first, as they are named, then goes by account and Region', () => {
    const targets = [at(three), at(one, 'us-east-1'), at(two), at(one), at(two, 'ap-south-1')];
    expect(inMovingOrder(targets, [three, '999999999999', two]).map(targetName)).toEqual([
      `${three}/eu-west-1`,
      `${two}/ap-south-1`,
      `${two}/eu-west-1`,
      `${one}/eu-west-1`,
      `${one}/us-east-1`,
    ]);
  });

  it('is the same whichever order the targets come in', () => {
    const targets = [one, two, three].flatMap((id) => [at(id), at(id, 'us-east-1')]);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(targets, { minLength: targets.length }),
        fc.subarray([one, two, three]),
        (shuffled, canaries) => {
          expect(inMovingOrder(shuffled, canaries)).toEqual(inMovingOrder(targets, canaries));
        },
      ),
    );
  });
});
