import { describe, expect, it } from '@jest/globals';
import { isAwsError } from '../../../world/aws-error.ts';
import type { Json, State } from './definition.ts';
import { parseDefinition } from './parse-definition.ts';

type JsonObject = Readonly<Record<string, Json>>;

const aProcessor = (parts: JsonObject = {}): JsonObject => ({
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'Inner',
  States: { Inner: { Type: 'Pass', End: true } },
  ...parts,
});

const aReader = (parts: JsonObject = {}): JsonObject => ({
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON' },
  Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' },
  ...parts,
});

const aMap = (parts: JsonObject = {}): JsonObject => ({
  Type: 'Map',
  ItemProcessor: aProcessor(),
  End: true,
  ...parts,
});

const anInlineMap = (parts: JsonObject = {}): JsonObject =>
  aMap({
    ItemProcessor: { StartAt: 'Inner', States: { Inner: { Type: 'Succeed' } } },
    ...parts,
  });

const parse = (states: JsonObject): ReadonlyMap<string, State> =>
  parseDefinition(JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: states }))
    .States;

const refusalOf = (states: JsonObject): string => {
  try {
    parse(states);
  } catch (error) {
    if (isAwsError(error, 'InvalidDefinition')) return error.message;
    throw error;
  }
  return 'accepted';
};

const refusalOfMap = (map: JsonObject): string => refusalOf({ A: map });

describe('a distributed Map', () => {
  it('reads with its reader, its limits and its states', () => {
    const state = parse({
      A: aMap({
        ItemReader: aReader(),
        ItemSelector: { item: '{% $states.context.Map.Item.Value %}' },
        MaxConcurrency: '{% $states.input.width %}',
        ToleratedFailurePercentage: 100,
        Label: 'Targets',
        Output: '{% $states.result %}',
      }),
    }).get('A');
    expect(state).toStrictEqual({
      Name: 'A',
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        InputType: 'JSON',
        Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' },
      },
      ItemSelector: { item: '{% $states.context.Map.Item.Value %}' },
      MaxConcurrency: '{% $states.input.width %}',
      ToleratedFailurePercentage: 100,
      Label: 'Targets',
      ItemProcessor: {
        Mode: 'DISTRIBUTED',
        ExecutionType: 'STANDARD',
        definition: {
          StartAt: 'Inner',
          States: new Map([['Inner', { Name: 'Inner', Type: 'Pass', End: true }]]),
        },
      },
      Retry: [],
      Catch: [],
      End: true,
      Output: '{% $states.result %}',
    });
  });

  it('says how its children run', () => {
    const config = (ProcessorConfig: Json): string =>
      refusalOfMap(aMap({ ItemProcessor: aProcessor({ ProcessorConfig }) }));
    expect(config({ Mode: 'DISTRIBUTED' })).toContain('required: [ExecutionType]');
    expect(config({ Mode: 'OTHER' })).toContain('ProcessorConfig/Mode');
    expect(config({ Mode: 'DISTRIBUTED', ExecutionType: 'FAST' })).toContain('ExecutionType');
    expect(config({ ExecutionType: 'STANDARD' })).toContain("only supported for the 'DISTRIBUTED'");
  });

  it('has a label within its characters that no other map has', () => {
    expect(refusalOfMap(aMap({ Label: 'l'.repeat(41) }))).toContain('at /States/A/Label');
    for (const label of ['', 'a b', 'a/b', 'a*', 'a$', 'a:b'])
      expect(refusalOfMap(aMap({ Label: label }))).toContain('at /States/A/Label');
    const other = aMap({
      Label: 'Same',
      ItemProcessor: aProcessor({ StartAt: 'Other', States: { Other: { Type: 'Succeed' } } }),
    });
    expect(
      refusalOf({ A: { ...aMap({ Label: 'Same' }), End: false, Next: 'B' }, B: other }),
    ).toContain('Label must be unique: Same at /States/B/Label');
  });

  it('reads JSON, JSONL and listings, and nothing else that is not modelled', () => {
    const reader = (parts: JsonObject): string =>
      refusalOfMap(aMap({ ItemReader: aReader(parts) }));
    expect(reader({ ReaderConfig: { InputType: 'JSONL', MaxItems: 5 } })).toBe('accepted');
    expect(
      reader({ Resource: 'arn:aws:states:::s3:listObjectsV2', ReaderConfig: { MaxItems: 5 } }),
    ).toBe('accepted');
    expect(reader({ ReaderConfig: { InputType: 'CSV' } })).toContain('CSV is not modelled');
    expect(reader({ ReaderConfig: { InputType: 'XML' } })).toContain('ReaderConfig/InputType');
    expect(reader({ ReaderConfig: {} })).toContain("'InputType' is required");
    expect(reader({ ReaderConfig: { InputType: 'JSON', MaxItems: 0 } })).toContain('MaxItems');
    expect(reader({ Resource: 'arn:aws:states:::s3:putObject' })).toContain('ItemReader/Resource');
    expect(refusalOfMap(aMap({ ItemReader: aReader(), Items: [1] }))).toContain(
      "both 'Items' and 'ItemReader'",
    );
  });

  it('batches and writes with what is modelled', () => {
    expect(refusalOfMap(aMap({ ItemBatcher: {} }))).toContain('At least one of');
    expect(refusalOfMap(aMap({ ItemBatcher: { MaxInputBytesPerBatch: 262_145 } }))).toContain(
      'ItemBatcher/MaxInputBytesPerBatch',
    );
    const writer = { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'b' } };
    expect(refusalOfMap(aMap({ ResultWriter: writer }))).toBe('accepted');
    expect(refusalOfMap(aMap({ ResultWriter: { ...writer, WriterConfig: {} } }))).toContain(
      'WriterConfig is not modelled',
    );
  });

  it('does not run inside Express children', () => {
    const inner = aMap({
      ItemProcessor: aProcessor({ StartAt: 'Deep', States: { Deep: { Type: 'Succeed' } } }),
    });
    const express = (ExecutionType: string): string =>
      refusalOfMap(
        aMap({
          ItemProcessor: aProcessor({
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
            States: { Inner: inner },
          }),
        }),
      );
    expect(express('EXPRESS')).toContain('Express state machine does not support Map');
    expect(express('STANDARD')).toBe('accepted');
  });
});

describe('any Map', () => {
  it('is inline when it does not say otherwise, and then has no fields of a distributed one', () => {
    expect(refusalOfMap(anInlineMap({ Items: '{% $states.input %}' }))).toBe('accepted');
    for (const parts of [
      { ItemReader: aReader() },
      { Label: 'x' },
      { ToleratedFailureCount: 1 },
      { ItemBatcher: { MaxItemsPerBatch: 2 } },
    ])
      expect(refusalOfMap(anInlineMap(parts))).toContain("only supported for the 'DISTRIBUTED'");
  });

  it('has a processor, whose states keep to themselves', () => {
    expect(refusalOf({ A: { Type: 'Map', End: true } })).toContain('required: [ItemProcessor]');
    expect(refusalOfMap(aMap({ ItemProcessor: aProcessor({ StartAt: 'A' }) }))).toContain(
      "Missing 'Next' target: A at /States/A/ItemProcessor/StartAt",
    );
    expect(
      refusalOfMap(aMap({ ItemProcessor: aProcessor({ QueryLanguage: 'JSONata' }) })),
    ).toContain("Field 'QueryLanguage' is not supported at /States/A/ItemProcessor");
    const states = { Inner: { Type: 'Pass', Output: '{% name %}', End: true } };
    expect(refusalOfMap(aMap({ ItemProcessor: aProcessor({ States: states }) }))).toContain(
      'at /States/A/ItemProcessor/States/Inner/Output',
    );
  });

  it('has limits within bounds', () => {
    expect(refusalOfMap(aMap({ MaxConcurrency: -1 }))).toContain('at /States/A/MaxConcurrency');
    expect(refusalOfMap(aMap({ ToleratedFailurePercentage: 101 }))).toContain('at most 100');
    expect(refusalOfMap(aMap({ Items: 'text' }))).toContain('at /States/A/Items');
    expect(refusalOfMap(aMap({ ItemSelector: '{% $states.result %}' }))).toContain(
      "Field '$states.result' does not exist",
    );
  });
});
