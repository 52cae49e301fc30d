import { describe, expect, it } from '@jest/globals';
import { InvalidSchedule } from './cron.ts';
import { atTime, nextCronTime, parseSchedule } from './schedule-expression.ts';
import { isTimeZone } from './time-zone.ts';

/** The next times of a cron expression as ISO text. */
function times(expression: string, from: string, count: number, zone = 'UTC'): string[] {
  const parsed = parseSchedule(expression);
  if (parsed.kind !== 'cron') throw new TypeError('not a cron expression');
  const found: string[] = [];
  let after = Date.parse(from);
  for (let index = 0; index < count; index += 1) {
    const next = nextCronTime(parsed.cron, after, zone);
    if (next === undefined) break;
    found.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    after = next + 1;
  }
  return found;
}

describe('a cron expression', () => {
  // 2026-11-21 is a Saturday.
  it.each<[string, string[]]>([
    ['cron(0 10 * * ? *)', ['2026-11-21T10:00Z', '2026-11-22T10:00Z']],
    ['cron(15 12 * * ? *)', ['2026-11-21T12:15Z', '2026-11-22T12:15Z']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-11-23T18:00Z', '2026-11-24T18:00Z']],
    ['cron(0 8 1 * ? *)', ['2026-12-01T08:00Z', '2027-01-01T08:00Z']],
    ['cron(0/10 * ? * MON-FRI *)', ['2026-11-23T00:00Z', '2026-11-23T00:10Z']],
    ['cron(50/5 8,9 * * ? *)', ['2026-11-21T08:50Z', '2026-11-21T08:55Z', '2026-11-21T09:50Z']],
    ['cron(*/30 8-9 * * ? *)', ['2026-11-21T08:00Z', '2026-11-21T08:30Z', '2026-11-21T09:00Z']],
    [
      'cron(0 0 L * ? *)',
      ['2026-11-30T00:00Z', '2026-12-31T00:00Z', '2027-01-31T00:00Z', '2027-02-28T00:00Z'],
    ],
    ['cron(0 0 LW * ? *)', ['2026-11-30T00:00Z', '2026-12-31T00:00Z', '2027-01-29T00:00Z']],
    [
      'cron(0 0 1W * ? *)',
      [
        '2026-12-01T00:00Z',
        '2027-01-01T00:00Z',
        '2027-02-01T00:00Z',
        '2027-03-01T00:00Z',
        '2027-04-01T00:00Z',
        '2027-05-03T00:00Z',
      ],
    ],
    ['cron(0 0 29W FEB ? *)', ['2028-02-29T00:00Z']],
    ['cron(0 9 ? * 2#1 *)', ['2026-12-07T09:00Z', '2027-01-04T09:00Z']],
    ['cron(0 9 ? * TUE#5 *)', ['2026-12-29T09:00Z', '2027-03-30T09:00Z']],
    ['cron(0 9 ? * 5L *)', ['2026-11-26T09:00Z', '2026-12-31T09:00Z']],
    ['cron(0 9 ? * L *)', ['2026-11-21T09:00Z', '2026-11-28T09:00Z']],
    ['cron(0 0 29 2 ? 2027-2033)', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['cron(0 7 21 11 ? 2026)', []],
  ])('%s comes at %j', (expression, expected) => {
    expect(times(expression, '2026-11-21T08:00:00Z', Math.max(1, expected.length))).toEqual(
      expected,
    );
  });

  it('includes the very minute it is asked from', () => {
    expect(times('cron(0 8 * * ? *)', '2026-11-21T08:00:00Z', 1)).toEqual(['2026-11-21T08:00Z']);
    expect(times('cron(0 8 * * ? *)', '2026-11-21T08:00:01Z', 1)).toEqual(['2026-11-22T08:00Z']);
  });

  it('skips a time that the clocks jump over and takes a repeated one once', () => {
    // Berlin goes from 02:00 to 03:00 on 2027-03-28 and from 03:00 back to 02:00 on 2027-10-31.
    expect(times('cron(30 2 * * ? *)', '2027-03-27T00:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2027-03-27T01:30Z',
      '2027-03-29T00:30Z',
    ]);
    expect(times('cron(30 2 * * ? *)', '2027-10-30T20:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2027-10-31T00:30Z',
      '2027-11-01T01:30Z',
    ]);
  });

  it('follows a zone with half hours', () => {
    expect(times('cron(0 9 * * ? *)', '2026-11-21T00:00:00Z', 1, 'Asia/Kolkata')).toEqual([
      '2026-11-21T03:30Z',
    ]);
  });

  it.each([
    'cron(0 10 * * *)',
    'cron(0 10 * * ? * *)',
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(60 10 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 10 0 * ? *)',
    'cron(0 10 32 * ? *)',
    'cron(0 10 * 13 ? *)',
    'cron(0 10 ? * 8 *)',
    'cron(0 10 ? * MON#6 *)',
    'cron(0 10 ? * FRI-MON *)',
    'cron(0/0 10 * * ? *)',
    'cron(0 10 * * ? 2200)',
    'cron(x 10 * * ? *)',
    '0 10 * * ? *',
  ])('is refused: %s', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(InvalidSchedule);
  });
});

describe('a rate expression', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(1 hour)', 3_600_000],
    ['rate(7 days)', 604_800_000],
  ])('%s lasts %i ms', (expression, periodMs) => {
    expect(parseSchedule(expression)).toEqual({ kind: 'rate', periodMs });
  });

  it.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'rate(1.5 hours)',
    'rate(-1 hours)',
  ])('is refused: %s', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(InvalidSchedule);
  });
});

describe('an at expression', () => {
  it('is a time of day in a zone', () => {
    const parsed = parseSchedule('at(2026-11-21T09:30:00)');
    if (parsed.kind !== 'at') throw new TypeError('not an at expression');
    expect(atTime(parsed.civil, 'UTC')).toBe(Date.parse('2026-11-21T09:30:00Z'));
    expect(atTime(parsed.civil, 'America/New_York')).toBe(Date.parse('2026-11-21T14:30:00Z'));
  });

  it.each([
    'at(2026-02-30T00:00:00)',
    'at(2026-11-21)',
    'at(2026-11-21T25:00:00)',
    'at(2026-11-21T09:30:00Z)',
  ])('is refused: %s', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(InvalidSchedule);
  });
});

describe('time zones', () => {
  it.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['Mars/Base', false],
    ['+02:00', false],
    ['', false],
  ])('%j is known: %s', (zone, known) => {
    expect(isTimeZone(zone)).toBe(known);
  });
});
