import { checkExpressions } from './check-expressions.ts';
import type { ItemBatcher, ItemReader, MapState, Template } from './definition.ts';
import { isExpression } from './expression.ts';
import type { FieldReader, NumberBounds } from './field-reader.ts';
import { isJsonArray, isJsonObject } from './json-kinds.ts';
import { optionalMember } from './optional-member.ts';
import { parseCatchers, parseRetriers } from './parse-retry.ts';
import type { StateContext } from './parse-state.ts';

type Processor = MapState['ItemProcessor'];
type Onward = 'Name' | 'Next' | 'End' | 'Assign' | 'Output';

/** Source: Step Functions Developer Guide, "Using Map state in Distributed mode", Label. */
const labelLengthMax = 40;
// eslint-disable-next-line no-control-regex -- the guide names control characters
const labelForbidden = /[\s?*<>{}[\]"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** Source: the same page: what an inline map does not have. */
const distributedOnly = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
  'Label',
] as const;

const evaluatedFields = [
  'Items',
  'ItemReader',
  'ItemSelector',
  'ItemBatcher',
  'ResultWriter',
  'MaxConcurrency',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
] as const;

/** Everything of a map but where it leads. */
export const parseMapState = (
  reader: FieldReader,
  context: StateContext,
  allow: (reader: FieldReader, fields: readonly string[]) => void,
): Omit<MapState, Onward> => {
  allow(reader, [
    ...['Next', 'End', 'Assign', 'Output', 'Retry', 'Catch', 'ItemProcessor', 'Iterator'],
    ...evaluatedFields,
    'Label',
  ]);
  if (reader.has('Iterator')) reader.problems.unmodelled('Iterator', reader.at('Iterator'));
  checkExpressions(reader, evaluatedFields, ['input', 'context']);
  const ItemProcessor = parseProcessor(reader, context);
  if (ItemProcessor.Mode === 'INLINE')
    for (const field of distributedOnly)
      if (reader.has(field))
        reader.problems.schema(
          `Field '${field}' is only supported for the 'DISTRIBUTED' Mode`,
          reader.location,
        );
  if (reader.has('Items') && reader.has('ItemReader'))
    reader.problems.schema(
      "A Map state cannot have both 'Items' and 'ItemReader'",
      reader.location,
    );
  return {
    Type: 'Map',
    ...optionalMember('Items', parseItems(reader)),
    ...optionalMember('ItemReader', parseItemReader(reader)),
    ...optionalMember('ItemSelector', reader.objectOrExpression('ItemSelector')),
    ...optionalMember('ItemBatcher', parseItemBatcher(reader)),
    ...optionalMember('ResultWriter', parseResultWriter(reader)),
    ...optionalNumber(reader, 'MaxConcurrency', { min: 0, whole: true }),
    ...optionalNumber(reader, 'ToleratedFailureCount', { min: 0, whole: true }),
    ...optionalNumber(reader, 'ToleratedFailurePercentage', { min: 0, max: 100, whole: false }),
    ...optionalMember('Label', parseLabel(reader, context)),
    ItemProcessor,
    Retry: parseRetriers(reader),
    Catch: parseCatchers(reader),
  };
};

const optionalNumber = <N extends string>(reader: FieldReader, name: N, bounds: NumberBounds) =>
  optionalMember(name, reader.numberOrExpression(name, bounds));

const parseProcessor = (reader: FieldReader, context: StateContext): Processor => {
  const empty: Processor = { Mode: 'INLINE', definition: { StartAt: '', States: new Map() } };
  if (!reader.has('Iterator')) reader.require(['ItemProcessor']);
  const processor = reader.object('ItemProcessor');
  if (processor === undefined) return empty;
  processor.require(['States', 'StartAt']);
  processor.allowOnly(['Comment', 'ProcessorConfig', 'StartAt', 'States']);
  const config = processor.object('ProcessorConfig');
  config?.allowOnly(['Mode', 'ExecutionType']);
  const Mode = config?.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) ?? 'INLINE';
  const ExecutionType = config?.oneOf('ExecutionType', ['STANDARD', 'EXPRESS']);
  if (Mode === 'DISTRIBUTED') {
    config?.require(['ExecutionType']);
    if (context.isExpress)
      processor.problems.schema(
        "Express state machine does not support Map with Mode 'DISTRIBUTED'",
        processor.at('ProcessorConfig'),
      );
  }
  if (Mode === 'INLINE' && config && ExecutionType !== undefined)
    config.problems.schema(
      "Field 'ExecutionType' is only supported for the 'DISTRIBUTED' Mode",
      config.location,
    );
  return {
    Mode,
    ...(ExecutionType === undefined ? {} : { ExecutionType }),
    definition: context.parseStates(processor, {
      ...context,
      isExpress: context.isExpress || ExecutionType === 'EXPRESS',
    }),
  };
};

const parseItems = (reader: FieldReader): Template | undefined => {
  const value = reader.get('Items');
  if (value === undefined || isJsonArray(value) || isJsonObject(value)) return value;
  if (typeof value === 'string' && isExpression(value)) return value;
  reader.problems.schema(
    'Expected value of type [ARRAY, OBJECT] or a JSONata expression',
    reader.at('Items'),
  );
  return undefined;
};

const readers = ['arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2'] as const;

/** Source: Step Functions Developer Guide, "ItemReader (Map)", MaxItems. */
const itemsMax = 100_000_000;

const parseItemReader = (map: FieldReader): ItemReader | undefined => {
  const reader = map.object('ItemReader');
  if (reader === undefined) return undefined;
  reader.require(['Resource']);
  reader.allowOnly(['Resource', 'ReaderConfig', 'Arguments']);
  const Resource = reader.oneOf('Resource', readers) ?? readers[0];
  const config = reader.object('ReaderConfig');
  config?.allowOnly([
    ...['InputType', 'MaxItems', 'CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter'],
    ...['ManifestType', 'Transformation', 'ItemsPointer'],
  ]);
  const InputType = readInputType(reader, config, Resource);
  for (const field of ['CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter', 'ManifestType'])
    if (config?.has(field)) config.problems.unmodelled(field, config.at(field));
  for (const field of ['Transformation', 'ItemsPointer'])
    if (config?.has(field)) config.problems.unmodelled(field, config.at(field));
  const MaxItems = config?.numberOrExpression('MaxItems', {
    min: 1,
    max: itemsMax,
    whole: true,
  });
  return {
    Resource,
    ...optionalMember('InputType', InputType),
    ...optionalMember('MaxItems', MaxItems),
    ...optionalMember('Arguments', argumentsOf(reader)),
  };
};

const argumentsOf = (reader: FieldReader): Template | undefined => {
  reader.require(['Arguments']);
  return reader.objectOrExpression('Arguments');
};

const readInputType = (
  reader: FieldReader,
  config: FieldReader | undefined,
  resource: string,
): 'JSON' | 'JSONL' | undefined => {
  const type = config?.oneOf('InputType', ['CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST']);
  if (type === 'JSON' || type === 'JSONL') return type;
  if (config && type !== undefined)
    config.problems.unmodelled(`InputType ${type}`, config.at('InputType'));
  else if (resource === readers[0] && !config?.has('InputType'))
    reader.problems.schema("ReaderConfig with 'InputType' is required", reader.location);
  return undefined;
};

/** Source: Step Functions Developer Guide, "ItemBatcher (Map)": at most 256 KiB of input in one batch. */
const batchBytesMax = 262_144;

const parseItemBatcher = (map: FieldReader): ItemBatcher | undefined => {
  const batcher = map.object('ItemBatcher');
  if (batcher === undefined) return undefined;
  batcher.allowOnly(['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'BatchInput']);
  if (!batcher.has('MaxItemsPerBatch') && !batcher.has('MaxInputBytesPerBatch'))
    batcher.problems.schema(
      "At least one of 'MaxItemsPerBatch' and 'MaxInputBytesPerBatch' is required",
      batcher.location,
    );
  return {
    ...optionalNumber(batcher, 'MaxItemsPerBatch', { min: 1, whole: true }),
    ...optionalNumber(batcher, 'MaxInputBytesPerBatch', {
      min: 1,
      max: batchBytesMax,
      whole: true,
    }),
    ...optionalMember('BatchInput', batcher.objectOrExpression('BatchInput')),
  };
};

const parseResultWriter = (map: FieldReader): MapState['ResultWriter'] => {
  const writer = map.object('ResultWriter');
  if (writer === undefined) return undefined;
  writer.require(['Resource']);
  writer.allowOnly(['Resource', 'Arguments', 'WriterConfig']);
  if (writer.has('WriterConfig'))
    writer.problems.unmodelled('WriterConfig', writer.at('WriterConfig'));
  const Resource = writer.oneOf('Resource', ['arn:aws:states:::s3:putObject']) ?? '';
  return { Resource, ...optionalMember('Arguments', argumentsOf(writer)) };
};

const parseLabel = (reader: FieldReader, context: StateContext): string | undefined => {
  const label = reader.text('Label');
  if (label === undefined) return undefined;
  if (label === '' || label.length > labelLengthMax || labelForbidden.test(label))
    reader.problems.schema(
      `Label must have 1 to ${String(labelLengthMax)} characters, without whitespace, wildcards, brackets and special characters`,
      reader.at('Label'),
    );
  if (context.labels.has(label))
    reader.problems.schema(`Label must be unique: ${label}`, reader.at('Label'));
  context.labels.add(label);
  return label;
};
