import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { root } from './measure.ts';
import { fixedCells, marks, withFigures } from './readme-table.ts';
import { sizeFigures } from './template-functions.ts';

const readme = readFileSync(`${root}README.md`, 'utf8');

describe('the table of the README', () => {
  it('has every figure that the bench measures, with the command for it', () => {
    const table = readme.split(marks.begin)[1]?.split(marks.end)[0] ?? '';
    const cells = table
      .trim()
      .split('\n')
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map((row) => [row.at(1), row.at(-2)]);
    expect(cells).toEqual(fixedCells());
  });

  it('keeps what was not measured again, and gets what was', () => {
    expect(withFigures(readme, {})).toContain(readme.split(marks.end)[1]);
    const measured = withFigures(readme, { wire: { callsPerSecond: 12_345 } });
    expect(measured).toContain('12,345');
    expect(withFigures(measured, {})).toContain('12,345');
  });

  it('says how large templates and functions are now; `bench sizes` writes it', () => {
    const cells = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
    expect(cells(withFigures(readme, { sizes: sizeFigures() }))).toBe(cells(readme));
  });

  it('is written nowhere else', () => {
    expect(() => withFigures('no marks', {})).toThrow(marks.begin);
  });
});
