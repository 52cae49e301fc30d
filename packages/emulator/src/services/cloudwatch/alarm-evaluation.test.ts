import { describe, expect, it } from '@jest/globals';
import {
  evaluatePoints,
  isBreaching,
  type MissingData,
  type Point,
  type StateValue,
} from './alarm-evaluation.ts';

const kinds: Readonly<Record<string, Point>> = { X: 'breaching', '0': 'within', '-': 'missing' };
const read = (text: string): Point[] => text.split(' ').map((mark) => kinds[mark]!);

/** The documentation's tables: points oldest first, then the state for missing, ignore, breaching, notBreaching. */
const retained = 'retained';
const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
type Row = readonly [string, ...(StateValue | typeof retained)[]];
const insufficient = 'INSUFFICIENT_DATA';

const threeOfThree: readonly Row[] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', insufficient, retained, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', retained, 'ALARM', 'OK'],
  ['X - - - -', 'ALARM', retained, 'ALARM', 'OK'],
  ['- - - - X', insufficient, retained, 'ALARM', 'OK'],
];
const twoOfThree: readonly Row[] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', retained, 'ALARM', 'OK'],
  ['- - - - X', insufficient, retained, 'ALARM', 'OK'],
];

describe('alarm evaluation', () => {
  it.each([
    { name: '3 of 3', datapointsToAlarm: 3, rows: threeOfThree },
    { name: '2 of 3', datapointsToAlarm: 2, rows: twoOfThree },
  ])('follows the documented table for $name', ({ datapointsToAlarm, rows }) => {
    for (const [text, ...wanted] of rows)
      for (const current of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const)
        expect({
          text,
          states: treatments.map(
            (treatMissing) =>
              evaluatePoints(
                read(text),
                { evaluationPeriods: 3, datapointsToAlarm, treatMissing },
                current,
              ).state,
          ),
        }).toEqual({ text, states: wanted.map((state) => (state === retained ? current : state)) });
  });

  it('keeps a 1-of-1 alarm raised as long as its last point is in the range, whatever missing data mean', () => {
    const rule = {
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissing: 'notBreaching',
    } as const;
    expect(evaluatePoints(read('X - -'), rule, 'ALARM').state).toBe('ALARM');
    expect(evaluatePoints(read('- - -'), rule, 'ALARM').state).toBe('OK');
    expect(evaluatePoints(read('X - 0'), rule, 'ALARM').state).toBe('OK');
  });

  it('compares with the threshold as the operator says', () => {
    const at = (value: number): boolean[] => [
      isBreaching(value, 'GreaterThanOrEqualToThreshold', 5),
      isBreaching(value, 'GreaterThanThreshold', 5),
      isBreaching(value, 'LessThanThreshold', 5),
      isBreaching(value, 'LessThanOrEqualToThreshold', 5),
    ];
    expect([at(4), at(5), at(6)]).toEqual([
      [false, false, true, true],
      [true, false, false, true],
      [true, true, false, false],
    ]);
  });
});
