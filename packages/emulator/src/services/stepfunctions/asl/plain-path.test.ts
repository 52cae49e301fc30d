import { describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';
import type { Json } from './definition.ts';
import type { Evaluation } from './evaluation.ts';
import { bindingsOf } from './expression-binding.ts';
import { followPath, plainPathOf } from './plain-path.ts';

const input: Json = {
  list: [1, 2],
  one: [5],
  empty: [],
  nested: [[1]],
  objects: [{ a: 1 }, { a: 2 }],
  deep: { er: { list: [{ a: 1 }], value: 0 } },
  nothing: null,
  text: 'text',
  '': 1,
};

const evaluation: Evaluation = {
  input,
  context: { Execution: { Name: 'run-1' } },
  variables: new Map<string, Json>([
    ['list', [1]],
    ['count', 3],
    ['flag', false],
  ]),
  now: 0,
  chance: () => 0,
};

const pathOf = (source: string) => plainPathOf(jsonata(source).ast());

describe('a plain path', () => {
  it.each([
    '$states.input',
    '$states.input.list',
    '$states.input.one',
    '$states.input.empty',
    '$states.input.nested',
    '$states.input.objects',
    '$states.input.objects.a',
    '$states.input.deep.er.list.a',
    '$states.input.deep.er.value',
    '$states.input.nothing',
    '$states.input.nothing.a',
    '$states.input.text.length',
    '$states.input.toString',
    '$states.input.absent.more',
    '$states.context.Execution.Name',
    '$list',
    '$count',
    '$flag',
    '$absent',
  ])('leads where jsonata leads, or leaves it to jsonata: %s', async (source) => {
    const path = pathOf(source);
    if (path === undefined) throw new Error('not a plain path');
    const expected: unknown = await jsonata(source).evaluate(undefined, bindingsOf(evaluation));
    const found = followPath(path, evaluation);
    if (found !== undefined) expect(found).toStrictEqual(expected);
    else expect(source).toMatch(/absent|toString|length|nothing\.a|\.a$/);
  });

  it.each([
    '$states.input.list[0]',
    '$states.input.list[]',
    '$list[0]',
    '$list[]',
    '$states.input.*',
    '$states.input.deep^(a)',
    '$states.input.objects{a: 1}',
    '$states.input.objects@$o.a',
    '$states.input.(a)',
    '$states.input.$count',
    '$.a',
    '$$.a',
    'name',
    '1',
    '$sum($list)',
  ])('is nothing that has more in it: %s', (source) => {
    expect(pathOf(source)).toBeUndefined();
  });
});
