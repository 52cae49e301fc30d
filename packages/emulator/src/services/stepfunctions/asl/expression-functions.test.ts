import { describe, expect, it } from '@jest/globals';
import type { Json } from './definition.ts';
import { evaluateTemplate } from './evaluate-template.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

const aChance = (): (() => number) => {
  let calls = 0;
  return () => {
    calls += 1;
    return (calls * 0.37) % 1;
  };
};

const evaluate = (source: string, chance = aChance()): Promise<Json> =>
  evaluateTemplate(
    `{% ${source} %}`,
    { input: {}, context: {}, variables: new Map(), now, chance },
    'Output',
  );

const refusal = expect.objectContaining({ error: 'States.QueryEvaluationError' }) as object;

describe('functions that Step Functions adds to JSONata', () => {
  it('$partition cuts an array into chunks and rounds their size towards zero', async () => {
    expect(await evaluate('$partition([1..5], 2)')).toStrictEqual([[1, 2], [3, 4], [5]]);
    expect(await evaluate('$partition([1..4], 2.9)')).toStrictEqual([
      [1, 2],
      [3, 4],
    ]);
    await expect(evaluate('$partition([1..5], 0)')).rejects.toStrictEqual(refusal);
    await expect(evaluate('$partition([], 2)')).rejects.toStrictEqual(refusal);
  });

  it('$range steps from one end to the other, and yields one item bare', async () => {
    expect(await evaluate('$range(0, 10, 5)')).toStrictEqual([0, 5, 10]);
    expect(await evaluate('$range(3, 0, -2)')).toStrictEqual([3, 1]);
    expect(await evaluate('$range(-1.7, 1, 1)')).toStrictEqual([-1, 0, 1]);
    expect(await evaluate('$range(7, 7, 1)')).toBe(7);
  });

  it('$range yields nothing for a step that is missing, 0 or leads away, and has a limit', async () => {
    for (const source of ['$range(0, 4)', '$range(0, 4, 0)', '$range(3, 1, 1)'])
      await expect(evaluate(source)).rejects.toMatchObject({
        cause: expect.stringContaining('returned nothing'),
      });
    expect(await evaluate('$count($range(1, 360145, 1))')).toBe(360_145);
    await expect(evaluate('$range(1, 360146, 1)')).rejects.toMatchObject({
      cause: expect.stringContaining('memory limit exceeded'),
    });
  });

  it('$hash knows five algorithms by their exact names', async () => {
    expect(await evaluate("$hash('abc', 'MD5')")).toBe('900150983cd24fb0d6963f7d28e17f72');
    expect(await evaluate("$hash('abc', 'SHA-1')")).toBe(
      'a9993e364706816aba3e25717850c26c9cd0d89d',
    );
    expect(await evaluate("$length($hash('abc', 'SHA-512'))")).toBe(128);
    await expect(evaluate("$hash('abc', 'sha-1')")).rejects.toStrictEqual(refusal);
    await expect(evaluate("$hash('abc')")).rejects.toStrictEqual(refusal);
  });

  it('$parse reads JSON text, and $eval is not there', async () => {
    expect(await evaluate(`$parse('{"a":[1,null]}')`)).toStrictEqual({ a: [1, null] });
    await expect(evaluate("$parse('{')")).rejects.toStrictEqual(refusal);
    await expect(evaluate("$eval('1 + 1')")).rejects.toMatchObject({
      cause: expect.stringContaining('T1006'),
    });
  });
});

describe('time and chance', () => {
  it('$now, $millis and dates with missing parts take the time of the evaluation', async () => {
    expect(await evaluate('$millis()')).toBe(now);
    expect(await evaluate('$now()')).toBe('2026-01-02T03:04:05.000Z');
    expect(await evaluate("$now('[Y0001]-[M01]', '+0100')")).toBe('2026-01');
    expect(await evaluate("$fromMillis($toMillis('10:30', '[H01]:[m01]'))")).toBe(
      '2026-01-02T10:30:00.000Z',
    );
  });

  it('$random, $uuid and $shuffle follow the chance of the evaluation', async () => {
    expect(await evaluate('$random()', () => 0.25)).toBe(0.25);
    const ids = await Promise.all([evaluate('$uuid()'), evaluate('$uuid()')]);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(await evaluate('$uuid() = $uuid()')).toBe(false);
    expect(await evaluate('$shuffle([1..4])', () => 0)).toStrictEqual([1, 2, 3, 4]);
    expect(await evaluate('$shuffle([1..4])', () => 0.99)).toStrictEqual([4, 3, 2, 1]);
  });

  it('$random with a seed does not use the chance', async () => {
    const seeded = await evaluate('$random(7)', () => 0.1);
    expect(await evaluate('$random(7)', () => 0.9)).toBe(seeded);
    expect(await evaluate('$random(8)')).not.toBe(seeded);
    expect(seeded).toBeGreaterThanOrEqual(0);
    expect(seeded).toBeLessThan(1);
  });
});
