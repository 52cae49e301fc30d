import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const facts = new URL('../facts/', import.meta.url);
const tables = readdirSync(facts).toSorted();
const outcomes = ['modelled', 'refused', 'left out', 'validated from the model'];

interface Row {
  readonly fact: string;
  readonly outcome: string;
  readonly shown: string;
}

/** The rows of a GitHub table with three columns; a cell writes `|` as `\|`. */
function rowsOf(text: string): Row[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
  const odd = rows.find((cells) => cells.length !== 3);
  if (odd) throw new Error(`a row has ${odd.length} cells instead of three: ${odd.join(' | ')}`);
  return rows
    .filter(([fact = '']) => !/^(?:fact\b|:?-+:?$)/.test(fact))
    .map(([fact = '', outcome = '', shown = '']) => ({ fact, outcome, shown }));
}

/** Where a row points to: a file in backticks and, behind a colon, the name of a test or words of a document. */
const referencesOf = ({ shown }: Row): { path: string; words: string }[] =>
  [...shown.matchAll(/`([^`]+)`: "([^"]+)"/g)].map(([, path = '', words = '']) => ({
    path,
    words,
  }));

/** A path stands for a file below this package's `src`, else below the root of the repository. */
function textOf(path: string): string | undefined {
  for (const base of ['../src/', '../../../']) {
    const url = new URL(base + path, import.meta.url);
    if (existsSync(url)) return readFileSync(url, 'utf8');
  }
  return undefined;
}

/** The names of `it(name, ...)` and `it.each(...)(name, ...)`; a test that is switched off has none. */
const testNames = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/(?:\bit|\))\(\s*(['"`])((?:\\.|(?!\1).)+)\1,/gs)].map(([, , name = '']) =>
      name.replaceAll(/\\(['"`])/g, '$1'),
    ),
  );

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** What is wrong with a reference; empty when it holds. */
function problemOf({ path, words }: { path: string; words: string }): string {
  const text = textOf(path);
  if (text === undefined) return `there is no file ${path}`;
  if (path.endsWith('.md'))
    return flat(text).includes(flat(words)) ? '' : `${path} does not say "${words}"`;
  return testNames(text).has(words) ? '' : `${path} has no test "${words}"`;
}

describe.each(tables)('the facts of %s', (name) => {
  const rows = rowsOf(readFileSync(new URL(name, facts), 'utf8'));

  it('have rows, each fact once', () => {
    expect(rows.length).toBeGreaterThan(30);
    const said = rows.map(({ fact }) => fact);
    expect(said.filter((fact, index) => said.indexOf(fact) !== index)).toEqual([]);
  });

  it('are modelled, refused or left out, and say where', () => {
    expect(rows.filter(({ outcome }) => !outcomes.includes(outcome))).toEqual([]);
    expect(rows.filter((row) => referencesOf(row).length === 0)).toEqual([]);
  });

  it('point to tests where something is done, and to a document where something is left out', () => {
    const wrong = rows.filter((row) => {
      const documents = referencesOf(row).filter(({ path }) => path.endsWith('.md'));
      return row.outcome === 'left out'
        ? documents.length === 0
        : documents.length === referencesOf(row).length;
    });
    expect(wrong).toEqual([]);
  });

  it('point to files, tests and sentences that are there', () => {
    expect(rows.flatMap(referencesOf).map(problemOf).filter(Boolean)).toEqual([]);
  });
});

describe('the tables', () => {
  it('are those of images and of the fleet', () => {
    expect(tables).toEqual(['fleet.md', 'images.md']);
  });
});

describe('a reference', () => {
  const path = 'services/ssm/ssm.emulator.test.ts';

  it('needs its file, its test and its words', () => {
    expect(problemOf({ path: 'services/none.test.ts', words: 'x' })).toBe(
      'there is no file services/none.test.ts',
    );
    expect(problemOf({ path, words: 'keeps a parameter' })).toContain('has no test');
    expect(problemOf({ path, words: 'keeps a parameter and counts its versions' })).toBe('');
    expect(problemOf({ path: 'services/ssm/behaviour.md', words: 'no such words' })).toContain(
      'does not say',
    );
  });

  it('reads names of tables, and skips tests that are switched off', () => {
    const names = testNames(
      `it('a', f); it.each([['x', 1]])('b %s', f); it.skip('c', f); it(\n  "d's",\n  f,\n);`,
    );
    expect([...names]).toEqual(['a', 'b %s', "d's"]);
  });

  it('is one of a row with three cells', () => {
    expect(
      rowsOf('| fact | x | y |\n| --- | - | - |\n| a \\| b | modelled | `f`: "n" |\n'),
    ).toEqual([{ fact: 'a | b', outcome: 'modelled', shown: '`f`: "n"' }]);
    expect(() => rowsOf('| a | b |\n')).toThrow('2 cells');
  });
});
