import { isModelledResource } from '../integrations/resources.ts';
import { checkArguments } from './check-arguments.ts';
import { checkExpressions, type StatesField } from './check-expressions.ts';
import type { ChoiceRule, ChoiceState, Definition, State, Template } from './definition.ts';
import { isExpression } from './expression.ts';
import type { FieldReader } from './field-reader.ts';
import { optionalMember } from './optional-member.ts';
import { parseMapState } from './parse-map-state.ts';
import { parseCatchers, parseRetriers } from './parse-retry.ts';
import { readAssign } from './read-assign.ts';

/** What the states of one machine share while they are read. */
export interface StateContext {
  /** Of the machine; the states of a map follow the machine, not the map. */
  readonly isJsonata: boolean;
  /** Whether these states run in an Express execution. */
  readonly isExpress: boolean;
  /** State names are unique across the machine, the states of maps included. */
  readonly names: Set<string>;
  readonly labels: Set<string>;
  parseStates(machine: FieldReader, context: StateContext): Definition;
}

/** Source: Step Functions Developer Guide, "Wait workflow state" and "Task workflow state". */
const secondsMax = 99_999_999;

const types = ['Task', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail', 'Map', 'Parallel'] as const;

/** Source: Step Functions Developer Guide, "Transforming data with JSONata": fields that a JSONata state does not have. */
const jsonPathFields = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'ItemsPath',
  'MaxConcurrencyPath',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentagePath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'SecondsPath',
  'TimestampPath',
  'ErrorPath',
  'CausePath',
] as const;

const everyState = ['Type', 'Comment', 'QueryLanguage'] as const;
const onward = ['Next', 'End', 'Assign', 'Output'] as const;

/** @returns undefined when it is not known what kind of state this is; the problems say why */
export const parseState = (
  name: string,
  reader: FieldReader,
  context: StateContext,
): State | undefined => {
  const { problems } = reader;
  reader.require(['Type']);
  const Type = reader.oneOf('Type', types);
  if (Type === undefined || !speaksJsonata(reader, context)) return undefined;
  const Comment = reader.text('Comment');
  const base = { Name: name, ...(Comment === undefined ? {} : { Comment }) };
  switch (Type) {
    case 'Task':
      return { ...base, ...parseTask(reader) };
    case 'Pass':
      allow(reader, onward);
      return { ...base, Type, ...parseOnward(reader, ['input', 'context']) };
    case 'Wait':
      return { ...base, Type, ...parseWait(reader), ...parseOnward(reader, ['input', 'context']) };
    case 'Choice':
      return { ...base, ...parseChoice(reader) };
    case 'Succeed':
      allow(reader, ['Output']);
      checkExpressions(reader, ['Output'], ['input', 'context']);
      return { ...base, Type, ...optionalMember('Output', reader.get('Output')) };
    case 'Fail':
      allow(reader, ['Error', 'Cause']);
      checkExpressions(reader, ['Error', 'Cause'], ['input', 'context']);
      return {
        ...base,
        Type,
        ...optionalMember('Error', reader.text('Error')),
        ...optionalMember('Cause', reader.text('Cause')),
      };
    case 'Map':
      return {
        ...base,
        ...parseMapState(reader, context, allow),
        ...parseOnward(reader, ['input', 'context', 'result']),
      };
    case 'Parallel':
      problems.unmodelled('The state type Parallel', reader.at('Type'));
      return undefined;
    default:
      return Type satisfies never;
  }
};

/** Whether the state is in JSONata; what belongs to JSONPath is reported. */
const speaksJsonata = (reader: FieldReader, context: StateContext): boolean => {
  const { problems, location } = reader;
  const own = reader.get('QueryLanguage');
  reader.oneOf('QueryLanguage', ['JSONPath', 'JSONata']);
  if (own === 'JSONPath' && context.isJsonata) {
    problems.schema(
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
      location,
    );
    return false;
  }
  const isJsonata = own === undefined ? context.isJsonata : own !== 'JSONPath';
  if (!isJsonata) {
    problems.unmodelled("QueryLanguage 'JSONPath' (the default)", location);
    return false;
  }
  for (const field of jsonPathFields)
    if (reader.has(field))
      problems.schema(
        `The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage`,
        location,
      );
  return true;
};

const allow = (reader: FieldReader, fields: readonly string[]): void => {
  reader.allowOnly([...everyState, ...fields, ...jsonPathFields]);
};

const parseOnward = (
  reader: FieldReader,
  available: readonly StatesField[],
): { Next?: string; End?: true; Assign?: Template; Output?: Template } => {
  checkExpressions(reader, ['Assign', 'Output'], available);
  const end = reader.get('End');
  if (end !== undefined && typeof end !== 'boolean')
    reader.problems.schema('Expected value of type [BOOLEAN]', reader.at('End'));
  const Next = reader.text('Next');
  if ((Next === undefined) === (end !== true))
    reader.problems.schema(
      Next === undefined
        ? "A state must have either 'Next' or 'End'"
        : "A state cannot have both 'Next' and 'End'",
      reader.location,
    );
  return {
    ...(Next === undefined ? {} : { Next }),
    ...(end === true ? { End: end } : {}),
    ...optionalMember('Assign', readAssign(reader)),
    ...optionalMember('Output', reader.get('Output')),
  };
};

const parseTask = (reader: FieldReader) => {
  const { problems } = reader;
  allow(reader, [
    ...onward,
    'Resource',
    'Arguments',
    'TimeoutSeconds',
    'HeartbeatSeconds',
    'Credentials',
    'Retry',
    'Catch',
  ]);
  reader.require(['Resource']);
  if (reader.has('Credentials')) problems.unmodelled('Credentials', reader.at('Credentials'));
  const Resource = reader.text('Resource') ?? '';
  if (reader.has('Resource')) checkResource(Resource, reader);
  checkArguments(reader, Resource);
  const bounds = { min: 1, max: secondsMax, whole: true };
  const timeout = reader.numberOrExpression('TimeoutSeconds', bounds);
  const heartbeat = reader.numberOrExpression('HeartbeatSeconds', bounds);
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    problems.schema('HeartbeatSeconds must be smaller than TimeoutSeconds', reader.location);
  checkExpressions(
    reader,
    ['Arguments', 'TimeoutSeconds', 'HeartbeatSeconds'],
    ['input', 'context'],
  );
  return {
    Type: 'Task' as const,
    Resource,
    ...optionalMember('Arguments', reader.objectOrExpression('Arguments')),
    ...optionalMember('TimeoutSeconds', timeout),
    ...optionalMember('HeartbeatSeconds', heartbeat),
    Retry: parseRetriers(reader),
    Catch: parseCatchers(reader),
    ...parseOnward(reader, ['input', 'context', 'result']),
  };
};

/** Source: Step Functions Developer Guide, "Task workflow state": what a resource can be. */
const resourceArn =
  /^arn:aws[a-z-]*:(states:::[a-z0-9-]+:|states:[a-z0-9-]+:\d{12}:activity:|lambda:[a-z0-9-]+:\d{12}:function:)\S+$/;

const checkResource = (resource: string, reader: FieldReader): void => {
  if (isModelledResource(resource)) return;
  const location = reader.at('Resource');
  if (resourceArn.test(resource)) reader.problems.unmodelled(`Resource ${resource}`, location);
  else
    reader.problems.schema(
      `The resource provided ${resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
      location,
    );
};

/** Source: Step Functions Developer Guide, "Wait workflow state": RFC 3339 with capital T and Z. */
const timestampForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const parseWait = (reader: FieldReader): { Seconds?: Template; Timestamp?: Template } => {
  allow(reader, [...onward, 'Seconds', 'Timestamp']);
  if (reader.has('Seconds') === reader.has('Timestamp'))
    reader.problems.schema(
      "A Wait state must have exactly one of 'Seconds' and 'Timestamp'",
      reader.location,
    );
  checkExpressions(reader, ['Seconds', 'Timestamp'], ['input', 'context']);
  const Timestamp = reader.text('Timestamp');
  if (Timestamp !== undefined && !isExpression(Timestamp) && !timestampForm.test(Timestamp))
    reader.problems.schema('Value is not a valid timestamp', reader.at('Timestamp'));
  return {
    ...optionalMember(
      'Seconds',
      reader.numberOrExpression('Seconds', { min: 0, max: secondsMax, whole: true }),
    ),
    ...optionalMember('Timestamp', Timestamp),
  };
};

const parseChoice = (reader: FieldReader): Omit<ChoiceState, 'Name'> => {
  const { problems } = reader;
  allow(reader, ['Choices', 'Default', 'Assign', 'Output']);
  reader.require(['Choices']);
  const Choices = reader.objects('Choices').map((rule): ChoiceRule => {
    rule.require(['Condition', 'Next']);
    rule.allowOnly(['Comment', 'Condition', 'Next', 'Assign', 'Output']);
    checkExpressions(rule, ['Condition', 'Assign', 'Output'], ['input', 'context']);
    const Condition = rule.get('Condition') ?? false;
    if (
      typeof Condition !== 'boolean' &&
      !(typeof Condition === 'string' && isExpression(Condition))
    )
      problems.schema('Expected a JSONata expression or a boolean', rule.at('Condition'));
    return {
      Condition,
      Next: rule.text('Next') ?? '',
      ...optionalMember('Assign', readAssign(rule)),
      ...optionalMember('Output', rule.get('Output')),
    };
  });
  if (reader.has('Choices') && Choices.length === 0)
    problems.schema('Choices must not be empty', reader.at('Choices'));
  checkExpressions(reader, ['Assign', 'Output'], ['input', 'context']);
  return {
    Type: 'Choice',
    Choices,
    ...optionalMember('Default', reader.text('Default')),
    ...optionalMember('Assign', readAssign(reader)),
    ...optionalMember('Output', reader.get('Output')),
  };
};
