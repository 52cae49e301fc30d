import { describe, expect, it } from '@jest/globals';
import { isAwsError } from '../../../world/aws-error.ts';
import type { Json, State } from './definition.ts';
import { parseDefinition } from './parse-definition.ts';

type JsonObject = Readonly<Record<string, Json>>;

const parse = (state: JsonObject): State | undefined =>
  parseDefinition(
    JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: state,
        ...(JSON.stringify(state).includes('"Z"') ? { Z: { Type: 'Succeed' } } : {}),
      },
    }),
  ).States.get('A');

const refusalOf = (state: JsonObject): string => {
  try {
    parse(state);
  } catch (error) {
    if (isAwsError(error, 'InvalidDefinition'))
      return error.message.replace(/^Invalid State Machine Definition: '(.*)'$/s, '$1');
    throw error;
  }
  return 'accepted';
};

const aTask = (parts: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  End: true,
  ...parts,
});

describe('kinds of states', () => {
  it('are known by Type, and Parallel is not modelled', () => {
    expect(refusalOf({ End: true })).toContain('These fields are required: [Type] at /States/A');
    expect(refusalOf({ Type: 'Other' })).toContain('at /States/A/Type');
    expect(refusalOf({ Type: 'Parallel', Branches: [], End: true })).toContain(
      'Parallel is not modelled',
    );
  });

  it('have only their own fields', () => {
    const unsupported = (state: JsonObject, field: string): void => {
      expect(refusalOf(state)).toBe(
        `SCHEMA_VALIDATION_FAILED: Field '${field}' is not supported at /States/A`,
      );
    };
    unsupported({ Type: 'Pass', End: true, Catch: [] }, 'Catch');
    unsupported({ Type: 'Pass', End: true, TimeoutSeconds: 1 }, 'TimeoutSeconds');
    unsupported({ Type: 'Succeed', Assign: {} }, 'Assign');
    unsupported({ Type: 'Fail', Output: 1 }, 'Output');
    unsupported({ Type: 'Choice', Choices: [{ Condition: true, Next: 'Z' }], Next: 'Z' }, 'Next');
  });
});

describe('a Task', () => {
  it('reads with the defaults of its retriers', () => {
    expect(
      parse(
        aTask({
          TimeoutSeconds: '{% 30 %}',
          HeartbeatSeconds: 10,
          Retry: [{ ErrorEquals: ['E'] }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z', Output: '{% $states.errorOutput %}' }],
        }),
      ),
    ).toStrictEqual({
      Name: 'A',
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
      TimeoutSeconds: '{% 30 %}',
      HeartbeatSeconds: 10,
      Retry: [
        {
          ErrorEquals: ['E'],
          IntervalSeconds: 1,
          MaxAttempts: 3,
          BackoffRate: 2,
          JitterStrategy: 'NONE',
        },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z', Output: '{% $states.errorOutput %}' }],
      End: true,
    });
  });

  it('names a resource that exists and is modelled', () => {
    expect(refusalOf(aTask({ Resource: 'lambda' }))).toBe(
      'SCHEMA_VALIDATION_FAILED: The resource provided lambda is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/A/Resource',
    );
    for (const resource of [
      'arn:aws:lambda:eu-west-1:111122223333:function:f',
      'arn:aws:states:eu-west-1:111122223333:activity:a',
      'arn:aws:states:::lambda:invoke.waitForTaskToken',
      'arn:aws:states:::batch:submitJob.sync',
    ])
      expect(refusalOf(aTask({ Resource: resource }))).toContain(`${resource} is not modelled`);
    expect(refusalOf(aTask({ Credentials: { RoleArn: 'r' } }))).toContain(
      'Credentials is not modelled',
    );
  });

  it('calls a function with the arguments that there are', () => {
    const task = (Arguments: JsonObject): string => refusalOf(aTask({ Arguments }));
    expect(task({ Payload: 1 })).toBe(
      "SCHEMA_VALIDATION_FAILED: The field 'FunctionName' is required but was missing at /States/A/Arguments",
    );
    expect(task({ FunctionName: 'f', Input: 1 })).toContain("The field 'Input' is not supported");
    expect(task({ FunctionName: 'f', ClientContext: 'c' })).toContain(
      'ClientContext is not modelled',
    );
    expect(refusalOf(aTask({ Arguments: '{% $states.input %}' }))).toBe('accepted');
    expect(refusalOf(aTask({ Arguments: [] }))).toContain('at /States/A/Arguments');
  });

  it('has timeouts within bounds, the heartbeat below the whole', () => {
    expect(refusalOf(aTask({ TimeoutSeconds: 0 }))).toContain('at /States/A/TimeoutSeconds');
    expect(refusalOf(aTask({ TimeoutSeconds: 1.5 }))).toContain('[INTEGER]');
    expect(refusalOf(aTask({ TimeoutSeconds: '5' }))).toContain('[INTEGER]');
    expect(refusalOf(aTask({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }))).toContain(
      'HeartbeatSeconds must be smaller',
    );
  });

  it('has retriers within bounds', () => {
    const retry = (parts: JsonObject): string =>
      refusalOf(aTask({ Retry: [{ ErrorEquals: ['E'], ...parts }] }));
    expect(retry({ IntervalSeconds: 0 })).toContain('Retry[0]/IntervalSeconds');
    expect(retry({ MaxAttempts: 100_000_000 })).toContain('Retry[0]/MaxAttempts');
    expect(retry({ MaxAttempts: 0 })).toBe('accepted');
    expect(retry({ BackoffRate: 0.5 })).toContain('Retry[0]/BackoffRate');
    expect(retry({ IntervalSeconds: 5, MaxDelaySeconds: 5 })).toContain('greater than');
    expect(retry({ MaxDelaySeconds: 31_622_400 })).toContain('Retry[0]/MaxDelaySeconds');
    expect(retry({ MaxDelaySeconds: 31_622_399 })).toBe('accepted');
    expect(retry({ JitterStrategy: 'SOME' })).toContain('Retry[0]/JitterStrategy');
    expect(retry({ ErrorEquals: [] })).toContain('must not be empty');
    expect(retry({ Other: 1 })).toContain("Field 'Other' is not supported");
  });

  it('states States.ALL alone and last', () => {
    const all = { ErrorEquals: ['States.ALL'] };
    const one = { ErrorEquals: ['E'] };
    expect(refusalOf(aTask({ Retry: [all, one] }))).toContain('in the last element');
    expect(refusalOf(aTask({ Retry: [{ ErrorEquals: ['E', 'States.ALL'] }] }))).toContain(
      'must appear alone',
    );
    const catchers = [all, one].map((catcher) => ({ ...catcher, Next: 'Z' }));
    expect(refusalOf(aTask({ Catch: catchers }))).toContain('Catch[0]/ErrorEquals');
  });
});

describe('a Wait', () => {
  it('waits for exactly one thing, within bounds', () => {
    const wait = (parts: JsonObject): string => refusalOf({ Type: 'Wait', End: true, ...parts });
    expect(wait({})).toContain("exactly one of 'Seconds' and 'Timestamp'");
    expect(wait({ Seconds: 1, Timestamp: '2026-01-01T00:00:00Z' })).toContain('exactly one');
    expect(wait({ Seconds: 0 })).toBe('accepted');
    expect(wait({ Seconds: 100_000_000 })).toContain('at /States/A/Seconds');
    expect(wait({ Seconds: '10' })).toContain('[INTEGER]');
    expect(wait({ Timestamp: '2026-01-01' })).toContain('not a valid timestamp');
    expect(wait({ Timestamp: '2026-01-01T00:00:00Z' })).toBe('accepted');
  });
});

describe('a Choice', () => {
  it('has conditions that are expressions or booleans', () => {
    const choice = (Condition: Json): string =>
      refusalOf({ Type: 'Choice', Choices: [{ Condition, Next: 'Z' }] });
    expect(choice('$x = 1')).toContain('at /States/A/Choices[0]/Condition');
    expect(choice(1)).toContain('at /States/A/Choices[0]/Condition');
    expect(choice(false)).toBe('accepted');
    const jsonPath = { Variable: '$.a', IsNull: true, Next: 'Z' };
    expect(refusalOf({ Type: 'Choice', Choices: [jsonPath] })).toContain(
      "Field 'Variable' is not supported at /States/A/Choices[0]",
    );
  });
});

describe('variables', () => {
  it('have names that are identifiers', () => {
    const assign = (name: string): string =>
      refusalOf({ Type: 'Pass', End: true, Assign: { [name]: 1 } });
    expect(assign('states')).toContain('reserved');
    expect(assign('$x')).toContain('is not a variable name');
    expect(assign('a.b')).toContain('is not a variable name');
    expect(assign('1a')).toContain('is not a variable name');
    expect(assign('x'.repeat(81))).toContain('is not a variable name');
    expect(assign('größe_2')).toBe('accepted');
    expect(refusalOf({ Type: 'Pass', End: true, Assign: '{% {"a": 1} %}' })).toContain(
      'Expected value of type [OBJECT] at /States/A/Assign',
    );
  });
});

describe('expressions', () => {
  const output = (source: string): string =>
    refusalOf({ Type: 'Pass', End: true, Output: { v: [`{% ${source} %}`] } });

  it('are refused with a syntax error when the machine is made', () => {
    expect(output('$a[1,2)')).toBe(
      'INVALID_JSONATA_EXPRESSION: Expected "]", got "," at /States/A/Output/v[0]',
    );
  });

  it('are refused with operators that came after JSONata 2.0.6', () => {
    expect(output('$a ?? 1')).toContain('INVALID_JSONATA_EXPRESSION');
    expect(output('$a ?: 1')).toContain('INVALID_JSONATA_EXPRESSION');
    expect(output('$exists($a) ? $a : 1')).toBe('accepted');
    expect(output('$a ? $a : 1')).toBe('accepted');
  });

  it('begin and end with the delimiters', () => {
    for (const text of [' {% 1 %}', '{% 1 %} ', '{% 1', '1 %}'])
      expect(refusalOf({ Type: 'Pass', End: true, Output: text })).toContain(
        'INVALID_JSONATA_EXPRESSION',
      );
  });

  it('have no context item at the top level', () => {
    expect(output('phone[0]')).toBe(
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v[0]",
    );
    expect(output('$states.input & name')).toContain("Reference to 'name' at the top level");
    expect(output('$map($states.input.a, function($x){ b })')).toContain("Reference to 'b'");
    expect(output('$$.a')).toContain("Reference to '$$' is not supported.");
    expect(output('$states.input.a[$$.b]')).toContain("Reference to '$$' is not supported.");
    expect(output('$.a')).toContain("Reference to '$' is not supported.");
  });

  it('have the item before them in predicates, later steps, sort terms and groupings', () => {
    for (const source of [
      '$states.input.items[value > 3]',
      '$states.input.items[$.value > 3].(a + b)',
      '$states.input.items^(>price)',
      '$states.input.items{name: $sum(price)}',
      '$states.input.items.{"a": b, "c": $}',
      '$states.input ~> |items|{"price": price * 2}|',
    ])
      expect([source, output(source)]).toStrictEqual([source, 'accepted']);
  });

  it('know of $states what there is in their place', () => {
    expect(output('$states.result')).toContain("Field '$states.result' does not exist.");
    expect(output('$states.other')).toContain("Field '$states.other' does not exist.");
    const errorOutput = '{% $states.errorOutput.Error %}';
    expect(refusalOf(aTask({ Output: errorOutput }))).toBe(
      "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/A/Output",
    );
    const catcher = { ErrorEquals: ['E'], Next: 'Z', Assign: { e: errorOutput } };
    expect(refusalOf(aTask({ Catch: [catcher] }))).toBe('accepted');
    expect(refusalOf(aTask({ Assign: { r: '{% $states.result.Payload %}' } }))).toBe('accepted');
    expect(refusalOf(aTask({ Arguments: '{% $states.result %}' }))).toContain('does not exist');
  });
});
