import { describe, expect, it } from '@jest/globals';
import { componentType, parseComponentDocument } from './component-document.ts';
import { nextVersion, parseVersion, highestVersion, versionNumber } from './versions.ts';
import { dateText } from './notification.ts';

const step = (more = '', name = 'Run', action = 'ExecuteBash') => `
      - name: ${name}
        action: ${action}
${more === '' ? "        inputs: { commands: ['true'] }" : more}`;
const document = (steps: string, head = '', phase = 'build') => `schemaVersion: 1.0
${head}phases:
  - name: ${phase}
    steps:${steps}
`;
const problemOf = (text: string): string => {
  try {
    parseComponentDocument(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('a component document', () => {
  it('is read with the defaults of its steps', () => {
    const { phases } = parseComponentDocument(document(step()));
    expect(phases[0]?.steps[0]).toMatchObject({
      timeoutSeconds: 7200,
      maxAttempts: 1,
      onFailure: 'Abort',
    });
  });

  it('that only tests makes a test component', () => {
    expect(componentType(parseComponentDocument(document(step())))).toBe('BUILD');
    expect(componentType(parseComponentDocument(document(step(), '', 'test')))).toBe('TEST');
  });

  it('knows loops over numbers, lists and delimited texts', () => {
    const loops = [
      'for: { start: 1, end: 5, updateBy: 2 }',
      'forEach: [a, b]',
      'forEach: { list: "a,b", delimiter: "," }',
    ].map((loop) => {
      const text = document(
        step(`        loop: { name: each, ${loop} }
        inputs: { commands: ['echo {{ each.value }}'] }`),
      );
      return parseComponentDocument(text).phases[0]?.steps[0]?.loop?.values;
    });
    expect(loops).toEqual([
      ['1', '3', '5'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it.each([
    ['no YAML', '{', 'not valid YAML'],
    ['another schema', document(step()).replace('1.0', '2.0'), 'schemaVersion'],
    ['an unknown field', `extra: 1\n${document(step())}`, "unknown field 'extra'"],
    ['no phase that runs', document(step(), '', 'prepare'), 'none of the phases'],
    ['a step twice', document(step() + step()), "'Run' is defined twice"],
    ['no such action', document(step('', 'Run', 'Dance')), "no action 'Dance'"],
    [
      'a phase twice',
      `${document(step())}  - name: build\n    steps:${step()}\n`,
      "'build' is defined twice",
    ],
    [
      'inputs of the wrong form',
      document(step('        inputs: { source: a, destination: b }', 'Get', 'S3Download')),
      'must be a list',
    ],
    ['empty inputs', document(step('        inputs: []', 'Get', 'S3Download')), 'has no inputs'],
    [
      'a missing input',
      document(step('        inputs: [{ source: a }]', 'Get', 'S3Download')),
      "requires the input 'destination'",
    ],
    [
      'a reference to nothing',
      document(step("        inputs: { commands: ['echo {{ Nothing }}'] }")),
      'refers to nothing',
    ],
    [
      'a reference to a later step',
      document(
        step("        inputs: { commands: ['echo {{ build.Late.outputs.stdout }}'] }") +
          step('', 'Late'),
      ),
      'refers to nothing',
    ],
    [
      'a parameter of another type',
      document(step(), 'parameters:\n  - Count: { type: number }\n'),
      'type string',
    ],
    [
      'a short parameter name',
      document(step(), 'parameters:\n  - ab: { type: string }\n'),
      'must match',
    ],
    [
      'a wrong onFailure',
      document(step("        onFailure: Panic\n        inputs: { commands: ['true'] }")),
      'onFailure',
    ],
  ])('is refused: %s', (_, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  it.each([
    [
      'an action that is not modelled',
      document(step('        inputs: []', 'Web', 'WebDownload')),
      'the action WebDownload',
    ],
    [
      'a conditional step',
      document(step("        if: { x: y }\n        inputs: { commands: ['true'] }")),
      'conditional step',
    ],
  ])('is refused by name: %s', (_, text, name) => {
    expect(problemOf(text)).toContain(name);
    expect(problemOf(text)).toContain('not modelled by this emulator');
  });
});

describe('versions', () => {
  it('have wildcards on the right only and nodes up to 2^30 - 1', () => {
    expect(parseVersion('1.x.x')).toEqual([1, 'x', 'x']);
    expect(parseVersion('1.2')).toBeUndefined();
    expect(() => parseVersion('1.x.8')).toThrow('wildcards');
    expect(parseVersion('1.2.1073741823')).toEqual([1, 2, 1073741823]);
    expect(() => parseVersion('1.2.1073741824')).toThrow('at most');
  });

  it('compare by number, not by text', () => {
    expect(highestVersion(['1.0.9', '1.0.10', '1.1.0', '2.0.0'], [1, 0, 'x'])).toBe('1.0.10');
    expect(highestVersion(['1.0.9'], [2, 'x', 'x'])).toBeUndefined();
  });

  it('count on from the highest that fits', () => {
    expect(nextVersion(['1.0.9', '1.1.0'], [1, 0, 'x'])).toBe('1.0.10');
    expect(nextVersion(['1.0.9', '1.1.4'], [1, 'x', 'x'])).toBe('1.2.0');
    expect(nextVersion([], ['x', 'x', 'x'])).toBe('1.0.0');
    expect(nextVersion([], [1, 2, 3])).toBe('1.2.3');
  });

  it('are one number in notifications', () => {
    expect(versionNumber('1.0.0', 3)).toBe(1237940039285380274899124227n);
  });
});

describe('dates of notifications', () => {
  it('use twelve hours', () => {
    expect(dateText(new Date('2021-02-24T00:31:54Z'))).toBe('Feb 24, 2021 12:31:54 AM');
    expect(dateText(new Date('2022-07-28T13:03:05Z'))).toBe('Jul 28, 2022 1:03:05 PM');
  });
});
