import { describe, expect, it } from '@jest/globals';
import { isAwsError } from '../../../world/aws-error.ts';
import type { Json } from './definition.ts';
import { parseDefinition } from './parse-definition.ts';

type JsonObject = Readonly<Record<string, Json>>;

const aMachine = (parts: JsonObject = {}): JsonObject => ({
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: { A: { Type: 'Pass', End: true } },
  ...parts,
});

/** A machine of this one state, and of a second one that it may lead to. */
const withState = (state: JsonObject): JsonObject =>
  aMachine({
    States: {
      A: state,
      ...(JSON.stringify(state).includes('"Z"') ? { Z: { Type: 'Succeed' } } : {}),
    },
  });

const refusalOf = (machine: Json | string): string => {
  try {
    parseDefinition(typeof machine === 'string' ? machine : JSON.stringify(machine));
  } catch (error) {
    if (isAwsError(error, 'InvalidDefinition'))
      return error.message.replace(/^Invalid State Machine Definition: '(.*)'$/s, '$1');
    throw error;
  }
  return 'accepted';
};

describe('parseDefinition', () => {
  it('reads a machine and keeps names and fields', () => {
    const definition = parseDefinition(
      JSON.stringify(
        aMachine({
          Comment: 'all',
          Version: '1.0',
          TimeoutSeconds: 60,
          States: {
            A: { Type: 'Pass', Comment: 'first', Assign: { x: '{% 1 %}' }, Output: 2, Next: 'B' },
            B: { Type: 'Wait', Seconds: '{% $x %}', Next: 'C' },
            C: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $x > 1 %}', Next: 'D', Comment: 'why' }],
              Default: 'E',
            },
            D: { Type: 'Succeed', Output: '{% $states.input %}' },
            E: { Type: 'Fail', Error: 'Mine', Cause: '{% $string($x) %}' },
          },
        }),
      ),
    );
    expect(definition).toStrictEqual({
      StartAt: 'A',
      TimeoutSeconds: 60,
      States: new Map<string, unknown>([
        [
          'A',
          {
            Name: 'A',
            Type: 'Pass',
            Comment: 'first',
            Assign: { x: '{% 1 %}' },
            Output: 2,
            Next: 'B',
          },
        ],
        ['B', { Name: 'B', Type: 'Wait', Seconds: '{% $x %}', Next: 'C' }],
        [
          'C',
          {
            Name: 'C',
            Type: 'Choice',
            Choices: [{ Condition: '{% $x > 1 %}', Next: 'D' }],
            Default: 'E',
          },
        ],
        ['D', { Name: 'D', Type: 'Succeed', Output: '{% $states.input %}' }],
        ['E', { Name: 'E', Type: 'Fail', Error: 'Mine', Cause: '{% $string($x) %}' }],
      ]),
    });
  });

  it('refuses what is not a JSON object with states', () => {
    expect(refusalOf('not a definition')).toMatch(/^INVALID_JSON_DESCRIPTION: .* at null$/);
    expect(refusalOf(' ')).toBe(
      'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null',
    );
    expect(refusalOf([])).toContain('Definition must be a valid JSON object');
    expect(refusalOf({})).toBe(
      'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /',
    );
    expect(refusalOf(aMachine({ States: {} }))).toContain('States must not be empty');
    expect(refusalOf(aMachine({ States: { A: 1 } }))).toBe(
      'SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A',
    );
  });

  it('refuses fields of the machine that do not exist or have a wrong value', () => {
    expect(refusalOf(aMachine({ Extra: 1 }))).toBe(
      "SCHEMA_VALIDATION_FAILED: Field 'Extra' is not supported at /",
    );
    expect(refusalOf(aMachine({ TimeoutSeconds: 0 }))).toContain('at /TimeoutSeconds');
    expect(refusalOf(aMachine({ Version: '2.0' }))).toContain('at /Version');
    expect(refusalOf(aMachine({ Comment: 1 }))).toBe(
      'SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /Comment',
    );
  });

  it('refuses a definition of more than 1 MB', () => {
    const text = JSON.stringify(aMachine({ Comment: 'x'.repeat(1_048_576) }));
    expect(() => parseDefinition(text)).toThrow(
      expect.objectContaining({ code: 'ValidationException' }),
    );
  });

  it('names everything that is wrong in one answer', () => {
    expect(refusalOf(aMachine({ Extra: 1, More: 2 }))).toBe(
      "SCHEMA_VALIDATION_FAILED: Field 'Extra' is not supported at /, SCHEMA_VALIDATION_FAILED: Field 'More' is not supported at /",
    );
  });
});

describe('the query language', () => {
  it('is JSONPath when none is stated, which is refused as not modelled', () => {
    const machine = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
    expect(refusalOf(machine)).toContain("'JSONPath' (the default) is not modelled");
    expect(refusalOf({ ...machine, QueryLanguage: 'JSONPath' })).toContain('is not modelled');
  });

  it('can be stated by each state', () => {
    const state = { Type: 'Pass', End: true, QueryLanguage: 'JSONata' };
    expect(refusalOf({ StartAt: 'A', States: { A: state } })).toBe('accepted');
  });

  it('cannot go back to JSONPath in a state', () => {
    expect(refusalOf(withState({ Type: 'Pass', End: true, QueryLanguage: 'JSONPath' }))).toBe(
      "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
    );
  });

  it('has two values', () => {
    expect(refusalOf(aMachine({ QueryLanguage: 'jsonata' }))).toBe(
      'SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage',
    );
  });

  it.each(['InputPath', 'Parameters', 'ResultPath', 'ResultSelector', 'OutputPath', 'Result'])(
    'leaves no place for %s',
    (field) => {
      expect(refusalOf(withState({ Type: 'Pass', End: true, [field]: '$' }))).toBe(
        `SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage at /States/A`,
      );
    },
  );
});

describe('the way through the states', () => {
  it('leads to states that exist', () => {
    expect(refusalOf(aMachine({ StartAt: 'B' }))).toBe(
      'MISSING_TRANSITION_TARGET: Missing \'Next\' target: B at /StartAt, MISSING_TRANSITION_TARGET: State "A" is not reachable. at /States/A',
    );
    expect(refusalOf(withState({ Type: 'Choice', Choices: [], Default: 'Z' }))).toBe(
      'SCHEMA_VALIDATION_FAILED: Choices must not be empty at /States/A/Choices',
    );
    const rule = { Condition: true, Next: 'C' };
    expect(refusalOf(withState({ Type: 'Choice', Choices: [rule], Default: 'Z' }))).toBe(
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Choices[0]/Next",
    );
  });

  it('reaches every state', () => {
    const States = { A: { Type: 'Pass', End: true }, B: { Type: 'Succeed' } };
    expect(refusalOf(aMachine({ States }))).toBe(
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    );
  });

  it('comes to an end somewhere', () => {
    const States = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
    expect(refusalOf(aMachine({ States }))).toBe(
      'MISSING_END_STATE: Workflow has no terminal state at null',
    );
  });

  it('has exactly one of Next and End in a state', () => {
    expect(refusalOf(withState({ Type: 'Pass' }))).toContain("either 'Next' or 'End'");
    expect(refusalOf(withState({ Type: 'Pass', Next: 'Z', End: true }))).toContain(
      "cannot have both 'Next' and 'End'",
    );
    expect(refusalOf(withState({ Type: 'Pass', Next: 'Z', End: false }))).toBe('accepted');
  });

  it('names states once and within 80 characters', () => {
    const name = 'n'.repeat(81);
    const States = { [name]: { Type: 'Succeed' } };
    expect(refusalOf(aMachine({ StartAt: name, States }))).toContain('INVALID_STATE_NAME');
    const inner = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
    expect(refusalOf(withState({ Type: 'Map', ItemProcessor: inner, End: true }))).toContain(
      'DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/ItemProcessor/States/A',
    );
  });
});
