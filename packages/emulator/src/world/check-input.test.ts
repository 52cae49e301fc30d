import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConstraintTable, type Constraint } from '../wire/constraints.ts';
import type { Member, Shape, StructureShape } from '../wire/shape.ts';
import { isAwsError } from './aws-error.ts';
import { checkInput } from './check-input.ts';
import type { InputProblem } from './input-problem.ts';

const member = (name: string, shape: Shape, required = false): Member => ({
  name,
  shape,
  required,
  location: undefined,
  jsonName: name,
  xmlName: name,
  ec2Name: name,
  flattened: false,
  isAttribute: false,
});

const structure = (name: string, members: readonly Member[]): StructureShape => ({
  kind: 'structure',
  name,
  isUnion: false,
  xmlName: name,
  xmlNamespace: undefined,
  members,
  byName: new Map(members.map((item) => [item.name, item])),
});

const text: Shape = { kind: 'string' };
const list = (item: Shape): Shape => ({ kind: 'list', item, itemXmlName: 'member', sparse: false });
const map = (value: Shape): Shape => ({
  kind: 'map',
  value,
  keyXmlName: 'key',
  valueXmlName: 'value',
});

const tag = structure('Tag', [member('Key', text, true), member('Value', text)]);
const input = structure('Input', [
  member('Name', text, true),
  member('Size', { kind: 'number' }),
  member('Secret', text),
  member('Mode', text),
  member('Modes', list(text)),
  member('Labels', map(text)),
  member('Tags', list(tag)),
  member('Data', { kind: 'blob' }),
]);
const shapes: Record<string, Constraint> = {
  Name: { min: 2, max: 5, pattern: '[a-z]*' },
  Size: { min: 1, max: 10 },
  Secret: { min: 8, sensitive: true },
  Mode: { enum: 'Mode' },
  Modes: { max: 2, items: 'Mode' },
  Labels: { keys: 'Name', values: 'Mode' },
  Data: { max: 3 },
};
const constraints = new ConstraintTable(
  {
    about: {},
    operations: ['Do'],
    structures: {
      Input: {
        Name: 'Name',
        Size: 'Size',
        Secret: 'Secret',
        Mode: 'Mode',
        Modes: 'Modes',
        Labels: 'Labels',
        Data: 'Data',
      },
      Tag: { Key: 'Name' },
    },
    shapes,
    required: { Tag: ['Value'] },
    unread: [],
  },
  { Mode: { A: 'ON', B: 'OFF' } },
);

const check = (value: unknown): unknown =>
  checkInput({
    operation: { name: 'Do', input },
    constraints,
    input: value,
    refusal: { validationError: 'ValidationException' },
  });

function problemsOf(value: unknown): readonly InputProblem[] {
  const seen: InputProblem[] = [];
  try {
    checkInput({
      operation: { name: 'Do', input },
      constraints,
      input: value,
      refusal: {
        validationError: 'ValidationException',
        refuseInput: (problems, operation) => {
          expect(operation).toBe('Do');
          seen.push(...problems);
          throw new Error('refused');
        },
      },
    });
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'refused') throw error;
  }
  return seen;
}

describe('an input', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'a short text',
      { Name: 'a' },
      "Value 'a' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a long text',
      { Name: 'abcdef' },
      "Value 'abcdef' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5",
    ],
    [
      'a text of another form',
      { Name: 'a1' },
      "Value 'a1' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]*",
    ],
    [
      'a small number',
      { Name: 'ab', Size: 0 },
      "Value '0' at 'size' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a large number',
      { Name: 'ab', Size: 11 },
      "Value '11' at 'size' failed to satisfy constraint: Member must have value less than or equal to 10",
    ],
    [
      'a secret',
      { Name: 'ab', Secret: 'secret' },
      "Value at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 8",
    ],
    [
      'an unknown value',
      { Name: 'ab', Mode: 'MAYBE' },
      "Value 'MAYBE' at 'mode' failed to satisfy constraint: Member must satisfy enum value set: [ON, OFF]",
    ],
    [
      'a long list',
      { Name: 'ab', Modes: ['ON', 'ON', 'ON'] },
      "Value '[ON, ON, ON]' at 'modes' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      'a wrong item',
      { Name: 'ab', Modes: ['ON', 'x'] },
      "Value '[ON, x]' at 'modes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [ON, OFF]]",
    ],
    [
      'a wrong key',
      { Name: 'ab', Labels: { A: 'ON' } },
      "Value '{A=ON}' at 'labels' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [a-z]*]",
    ],
    [
      'a wrong value of a map',
      { Name: 'ab', Labels: { ab: 'x' } },
      "Value '{ab=x}' at 'labels' failed to satisfy constraint: Map value must satisfy constraint: [Member must satisfy enum value set: [ON, OFF]]",
    ],
    [
      'a member of an item',
      {
        Name: 'ab',
        Tags: [
          { Key: 'ab', Value: '' },
          { Key: 'A1', Value: '' },
        ],
      },
      "Value 'A1' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]*",
    ],
    [
      'many bytes',
      { Name: 'ab', Data: new Uint8Array(4) },
      "Value 'java.nio.HeapByteBuffer[pos=0 lim=4 cap=4]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 3",
    ],
    ['nothing', {}, "Value null at 'name' failed to satisfy constraint: Member must not be null"],
    [
      'nothing that clients fill in',
      { Name: 'ab', Tags: [{ Key: 'ab' }] },
      "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    ],
  ])('is refused for %s', (_, value, message) => {
    expect(() => check(value)).toThrow(
      expect.objectContaining({
        code: 'ValidationException',
        message: `1 validation error detected: ${message}`,
      }),
    );
  });

  it('is refused once for everything that is wrong, up to ten', () => {
    expect(() => check({ Name: 'A', Size: 0 })).toThrow(
      "3 validation errors detected: Value 'A' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2; Value 'A' at 'name'",
    );
    expect(() => check({ Name: 'ab', Tags: Array(50).fill({}) })).toThrow(
      /^10 validation errors detected/,
    );
  });

  it('is counted in code points, and repeated only in part', () => {
    expect(check({ Name: 'ab', Secret: '😀'.repeat(8) })).toEqual({
      Name: 'ab',
      Secret: '😀'.repeat(8),
    });
    expect(() => check({ Name: 'ab', Secret: '😀'.repeat(7) })).toThrow("Value at 'secret'");
    try {
      check({ Name: 'x'.repeat(1_000_000) });
      throw new Error('taken');
    } catch (error) {
      if (!isAwsError(error, 'ValidationException')) throw error;
      expect(error.message.length).toBeLessThan(1_300);
    }
  });

  it('is not checked for operations that check theirs', () => {
    expect(
      checkInput({
        operation: { name: 'Do', input },
        constraints,
        input: { Name: 'A' },
        refusal: { validationError: 'ValidationException', ownChecks: new Set(['Do']) },
      }),
    ).toEqual({ Name: 'A' });
  });

  it('is taken exactly when it keeps to every constraint', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '1'), maxLength: 7 });
    const modes = fc.constantFrom('ON', 'OFF', 'x');
    const name = (value: string): boolean => /^[a-z]{2,5}$/.test(value);
    const mode = (value: string): boolean => value === 'ON' || value === 'OFF';
    fc.assert(
      fc.property(
        fc.record(
          {
            Name: letters,
            Size: fc.integer({ min: -1, max: 12 }),
            Mode: modes,
            Modes: fc.array(modes, { maxLength: 4 }),
            Labels: fc.dictionary(letters, modes, { maxKeys: 3, noNullPrototype: true }),
            Tags: fc.array(fc.record({ Key: letters, Value: letters }, { requiredKeys: ['Key'] }), {
              maxLength: 1,
            }),
          },
          { requiredKeys: [] },
        ),
        (value) => {
          const wrong = new Set<string>();
          if (value.Name === undefined || !name(value.Name)) wrong.add('Name');
          if (value.Size !== undefined && (value.Size < 1 || value.Size > 10)) wrong.add('Size');
          if (value.Mode !== undefined && !mode(value.Mode)) wrong.add('Mode');
          if (value.Modes && (value.Modes.length > 2 || !value.Modes.every(mode)))
            wrong.add('Modes');
          const labels = Object.entries(value.Labels ?? {});
          if (!labels.every(([key, item]) => name(key) && mode(item))) wrong.add('Labels');
          if (value.Tags?.some((item) => !name(item.Key) || item.Value === undefined))
            wrong.add('Tags');
          const found = problemsOf(value).map(({ path: [first] }) =>
            first && 'member' in first ? first.member.name : '',
          );
          // Ten problems are named at most, which these members and one tag cannot exceed.
          expect(new Set(found)).toEqual(wrong);
          if (wrong.size === 0) expect(check(value)).toEqual(value);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
