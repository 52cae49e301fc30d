import { describe, expect, it } from '@jest/globals';
import type { Json, Template } from './definition.ts';
import { evaluateTemplate } from './evaluate-template.ts';
import type { Evaluation } from './evaluation.ts';
import { StateError } from './state-error.ts';

const anEvaluation = (parts: Partial<Evaluation> = {}): Evaluation => ({
  input: { name: 'blue', items: [1, 2, 3], nothing: null },
  context: { Execution: { Name: 'run-1' } },
  variables: new Map<string, Json>([['rounds', 4]]),
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  chance: () => 0.5,
  ...parts,
});

const evaluate = (
  template: Template,
  parts: Partial<Evaluation> = {},
  field = 'Output',
): Promise<Json> => evaluateTemplate(template, anEvaluation(parts), field);

const failureOf = async (template: Template, field?: string): Promise<StateError> => {
  const failure: unknown = await evaluate(template, {}, field).catch((error: unknown) => error);
  if (!(failure instanceof StateError)) throw new Error(`no failure: ${JSON.stringify(failure)}`);
  expect(failure.error).toBe('States.QueryEvaluationError');
  return failure;
};

describe('evaluateTemplate', () => {
  it('replaces expressions at any depth and leaves everything else alone', async () => {
    expect(
      await evaluate({
        name: '{% $states.input.name %}',
        rounds: ['{% $rounds + 1 %}', 'text', 7, null, true, '{% %'],
        '{% $rounds %}': 1,
        run: '{% $states.context.Execution.Name %}',
      }),
    ).toStrictEqual({
      name: 'blue',
      rounds: [5, 'text', 7, null, true, '{% %'],
      '{% $rounds %}': 1,
      run: 'run-1',
    });
  });

  it('shows the result and the error output when there is one', async () => {
    const result = { Payload: { state: 'done' } };
    expect(await evaluate('{% $states.result.Payload.state %}', { result })).toBe('done');
    const errorOutput = { Error: 'E', Cause: 'because' };
    expect(await evaluate('{% $states.errorOutput.Error %}', { errorOutput })).toBe('E');
  });

  it('keeps null, false, 0 and the empty string as values', async () => {
    const values = { a: '{% $states.input.nothing %}', b: '{% false %}', c: '{% 0 %}' };
    expect(await evaluate({ ...values, d: "{% '' %}" })).toStrictEqual({
      a: null,
      b: false,
      c: 0,
      d: '',
    });
  });

  it('fails where an expression returns nothing, naming expression and field', async () => {
    const { cause, location } = await failureOf({ a: ['x', '{% $states.input.absent %}'] });
    expect(cause).toBe(
      "The JSONata expression '$states.input.absent' specified for the field 'Output/a[1]' returned nothing (undefined).",
    );
    expect(location).toBe('Output/a[1]');
    await failureOf('{% $unknown %}');
    await failureOf('{% $states.result %}');
  });

  it('fails where an expression throws, with the code of JSONata', async () => {
    const { cause } = await failureOf({ v: "{% $abs('x') %}" }, 'Assign');
    expect(cause).toBe(
      `The JSONata expression '$abs('x')' specified for the field 'Assign/v' threw an error during evaluation. T0410: Argument 1 of function "abs" does not match function signature`,
    );
    expect((await failureOf("{% $error('mine') %}")).cause).toContain('D3137: mine');
  });

  it('refuses a function as a result, also inside an object', async () => {
    await failureOf('{% $sum %}');
    await failureOf('{% function($x){ $x } %}');
    await failureOf('{% {"f": function($x){ $x }} %}');
  });

  it('returns plain arrays without the marks of JSONata', async () => {
    const made = await evaluate('{% $states.input.items[$ > 1] %}');
    expect(Object.getOwnPropertyNames(made)).toStrictEqual(['0', '1', 'length']);
    expect(made).toStrictEqual([2, 3]);
    // One match is not an array: JSONata has no sequence of one.
    expect(await evaluate('{% $states.input.items[$ > 2] %}')).toBe(3);
    expect(await evaluate('{% [$states.input.items[$ > 2]] %}')).toStrictEqual([3]);
  });

  it('does not hand out the objects that it was given', async () => {
    const input = { deep: { list: [{ a: 1 }] } };
    const copy = await evaluate('{% $states.input.deep %}', { input });
    expect(copy).toStrictEqual(input.deep);
    expect(copy).not.toBe(input.deep);
  });

  it('leaves the data as it is, marks of JSONata included', async () => {
    const items = [{ a: 1 }];
    const variables = new Map<string, Json>([['items', items]]);
    expect(await evaluate('{% $states.input.items[] %}', { input: { items } })).toStrictEqual([
      { a: 1 },
    ]);
    expect(await evaluate('{% $items[] %}', { variables })).toStrictEqual([{ a: 1 }]);
    expect(
      await evaluate('{% $states.input ~> |items|{"a": 2}| %}', { input: { items } }),
    ).toStrictEqual({ items: [{ a: 2 }] });
    expect(Object.getOwnPropertyNames(items)).toStrictEqual(['0', 'length']);
    expect(items).toStrictEqual([{ a: 1 }]);
  });

  it('has no memory from one evaluation to the next', async () => {
    expect(await evaluate('{% ($later := 1; $later) %}')).toBe(1);
    await failureOf('{% $later %}');
  });

  it('keeps evaluations apart that run at the same time', async () => {
    const template = '{% $map([1..20], function($x){ $x * $rounds + $millis() }) ~> $sum() %}';
    const totals = await Promise.all(
      [1, 2, 3].map((factor) =>
        evaluate(template, { variables: new Map([['rounds', factor]]), now: factor * 1_000 }),
      ),
    );
    expect(totals).toStrictEqual([20_210, 40_420, 60_630]);
  });
});

describe('the bounds of an evaluation', () => {
  it('ends an expression that nests deeper than 100 levels', async () => {
    const sum = (terms: number): string => `{% ${Array(terms).fill('1').join('+')} %}`;
    expect(await evaluate(sum(100))).toBe(100);
    expect((await failureOf(sum(101))).cause).toContain('Stack overflow error');
    await failureOf('{% ($f := function($n){ 1 + $f($n) }; $f(1)) %}');
  });

  it('ends an expression that never ends by itself', async () => {
    const { cause } = await failureOf('{% ($f := function($n){ $f($n + 1) }; $f(1)) %}');
    expect(cause).toContain('Expression evaluation timeout: Check for infinite loop');
  });
});
