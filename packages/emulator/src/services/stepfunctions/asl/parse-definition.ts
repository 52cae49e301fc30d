import { AwsError } from '../../../world/aws-error.ts';
import { checkFlow } from './check-flow.ts';
import type { Definition, Json, State } from './definition.ts';
import { FieldReader } from './field-reader.ts';
import { isJsonObject } from './json-kinds.ts';
import { parseState, type StateContext } from './parse-state.ts';
import { Problems } from './problems.ts';
import { parseShallowJson } from '../../../wire/json-depth.ts';

/** Source: Step Functions quotas, "Maximum size of a state machine definition". */
const definitionBytesMax = 1_048_576;
/** Source: Step Functions Developer Guide, "State machine structure", TimeoutSeconds. */
const timeoutSecondsMax = 99_999_999;
/** Source: Step Functions Developer Guide, "Discovering workflow states": a name has at most 80 characters. */
const stateNameLengthMax = 80;

/**
 * Reads a state machine and checks it as CreateStateMachine does. Only states in JSONata are modelled.
 *
 * @throws AwsError `InvalidDefinition` that names everything that is wrong
 * @throws AwsError `ValidationException` when the text is too long to be looked at
 */
export const parseDefinition = (text: string): Definition => {
  if (Buffer.byteLength(text, 'utf8') > definitionBytesMax)
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'definition' failed to satisfy constraint: Member must have length less than or equal to ${String(definitionBytesMax)}`,
    );
  const problems = new Problems();
  const root = readRoot(text, problems);
  const definition = root && parseRoot(root);
  problems.throwIfAny();
  // Without a problem there is a definition; this is for the compiler.
  if (definition === undefined) throw new Error('a definition without problems was not read');
  return definition;
};

const readRoot = (text: string, problems: Problems): FieldReader | undefined => {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.add('INVALID_JSON_DESCRIPTION', message, null);
    return undefined;
  }
  if (isJsonObject(value)) return new FieldReader(value, '/', problems);
  problems.add('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object', null);
  return undefined;
};

const parseJson = (text: string): Json =>
  parseShallowJson(text.trim() === '' ? 'null' : text) as Json;

const parseRoot = (root: FieldReader): Definition => {
  root.require(['States', 'StartAt']);
  root.allowOnly(['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version']);
  root.text('Comment');
  root.oneOf('Version', ['1.0']);
  root.oneOf('QueryLanguage', ['JSONPath', 'JSONata']);
  const TimeoutSeconds = root.number('TimeoutSeconds', {
    min: 1,
    max: timeoutSecondsMax,
    whole: true,
  });
  const language = root.get('QueryLanguage');
  const context: StateContext = {
    // Any other value makes the machine JSONata, beside the problem that the value is.
    isJsonata: language !== undefined && language !== 'JSONPath',
    isExpress: false,
    names: new Set(),
    labels: new Set(),
    parseStates: (machine, inner) => parseStates(machine, inner),
  };
  return {
    ...parseStates(root, context),
    ...(TimeoutSeconds === undefined ? {} : { TimeoutSeconds }),
  };
};

/** The states of a machine, or of a map's processor. */
const parseStates = (machine: FieldReader, context: StateContext): Definition => {
  const { problems } = machine;
  const StartAt = machine.text('StartAt') ?? '';
  const States = new Map<string, State>();
  const states = machine.object('States');
  if (states !== undefined && Object.keys(states.members).length === 0)
    problems.schema('States must not be empty', states.location);
  let isComplete = machine.has('StartAt') && states !== undefined;
  for (const name of Object.keys(states?.members ?? {})) {
    if (states === undefined) break;
    const location = states.at(name);
    if (name.length > stateNameLengthMax || name === '')
      problems.add(
        'INVALID_STATE_NAME',
        `State name must have 1 to ${String(stateNameLengthMax)} characters: ${name}`,
        location,
      );
    if (context.names.has(name))
      problems.add('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, location);
    context.names.add(name);
    const reader = states.object(name);
    const state = reader && parseState(name, reader, context);
    if (state === undefined) isComplete = false;
    else States.set(name, state);
  }
  // A state that could not be read would only bring further problems that are none.
  if (isComplete)
    checkFlow({ StartAt, States }, machine.location === '/' ? '' : machine.location, problems);
  return { StartAt, States };
};
