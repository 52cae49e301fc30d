import { parseDocument } from 'yaml';
import { isTooDeep, jsonDepthMax } from '../../wire/json-depth.ts';
import { isRecord } from '../../wire/scalars.ts';
import { remembered } from '../../world/remembered.ts';
import { modelledActions, unmodelledActions } from './component-actions.ts';
import { invalidValue, notModelled } from './errors.ts';
import { expressionsIn } from './expressions.ts';
import { ownMember } from '../../wire/own-member.ts';

export type OnFailure = 'Abort' | 'Continue' | 'Ignore';

export interface ParameterDefinition {
  readonly name: string;
  readonly default: string | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly description: string | undefined;
}

export interface Loop {
  /** Under which the step finds `index` and `value`. */
  readonly name: string;
  readonly values: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly action: string;
  /** -1 means no limit. */
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly onFailure: OnFailure;
  readonly loop: Loop | undefined;
  readonly inputs: unknown;
}

export interface Phase {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A component's document, checked. */
export interface ComponentDocument {
  readonly parameters: readonly ParameterDefinition[];
  readonly constants: ReadonlyMap<string, string>;
  readonly phases: readonly Phase[];
}

type Fields = Readonly<Record<string, unknown>>;

const timeoutSecondsDefault = 7200; // IB User Guide, "Use the AWSTOE component document framework", step parameters
const runPhases = ['build', 'validate', 'test'];
const variableName = /^[A-Za-z0-9_-]{3,128}$/; // IB User Guide, "Use variables in your custom component document"
const stepName = /^[A-Za-z0-9_-]{1,100}$/;
const stepsMax = 200; // a limit of this emulator
const loopValuesMax = 1_000; // a limit of this emulator

const bad = (why: string): Error => invalidValue('data', why);

/**
 * Reads a component's document. Remembered: each build reads the same documents again, several times.
 *
 * @throws AwsError for text that is not such a document, and for what this emulator does not model
 * Source: IB User Guide, "Use the AWSTOE component document framework for custom components".
 */
export const parseComponentDocument: (text: string) => ComponentDocument = remembered(readDocument);

function readDocument(text: string): ComponentDocument {
  if (isTooDeep(text)) throw bad(`The document nests more than ${jsonDepthMax} levels.`);
  const document = parseDocument(text, { schema: 'core', logLevel: 'silent' });
  const [problem] = document.errors;
  if (problem) throw bad(`The document is not valid YAML: ${problem.message}`);
  const root = plainValue(document);
  if (!isRecord(root)) throw bad('The document is not a map.');
  refuseUnknown(
    root,
    ['name', 'description', 'schemaVersion', 'parameters', 'constants', 'phases'],
    'The document',
  );
  if (Number(root['schemaVersion']) !== 1) throw bad('schemaVersion must be 1.0.');
  const parameters = listOf(root['parameters'], 'parameters').map(readParameter);
  const constants = new Map(listOf(root['constants'], 'constants').map(readConstant));
  const phases = listOf(root['phases'], 'phases').map(readPhase);
  checkUnique([...parameters.map(({ name }) => name), ...constants.keys()], 'variable');
  checkUnique(
    phases.map(({ name }) => name),
    'phase',
  );
  if (!phases.some(({ name }) => runPhases.includes(name)))
    throw bad('The document has none of the phases build, validate and test.');
  const parsed = { parameters, constants, phases };
  checkReferences(parsed);
  return parsed;
}

/** Aliases are followed only now: one may have no anchor, or so many that they would fill the memory. */
function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError)
      throw bad(`The document is not valid YAML: ${error.message}`);
    throw error;
  }
}

/** A component whose document only tests is a test component. */
export const componentType = (document: ComponentDocument): 'BUILD' | 'TEST' =>
  document.phases.some(({ name }) => name === 'build' || name === 'validate') ? 'BUILD' : 'TEST';

function listOf(value: unknown, what: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(`${what} must be a list.`);
  return value;
}

function refuseUnknown(fields: Fields, known: readonly string[], what: string): void {
  for (const key of Object.keys(fields))
    if (!known.includes(key)) throw bad(`${what} has the unknown field '${key}'.`);
}

function checkUnique(names: readonly string[], what: string): void {
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index) throw bad(`The ${what} '${name}' is defined twice.`);
}

/** Parameters and constants are lists of maps with one key, their name. */
function namedEntry(entry: unknown, what: string): [string, Fields] {
  if (!isRecord(entry)) throw bad(`A ${what} is not a map.`);
  const [[name, fields] = ['', undefined], ...more] = Object.entries(entry);
  if (more.length > 0 || !isRecord(fields)) throw bad(`A ${what} must be a map with one key.`);
  if (!variableName.test(name))
    throw bad(`The name '${name}' of a ${what} must match ${variableName.source}.`);
  if (fields['type'] !== 'string') throw bad(`The ${what} '${name}' must have the type string.`);
  return [name, fields];
}

function readParameter(entry: unknown): ParameterDefinition {
  const [name, fields] = namedEntry(entry, 'parameter');
  refuseUnknown(
    fields,
    ['type', 'default', 'allowedValues', 'description'],
    `The parameter '${name}'`,
  );
  const allowedValues =
    fields['allowedValues'] === undefined
      ? undefined
      : listOf(fields['allowedValues'], 'allowedValues').map(toText);
  return {
    name,
    default: fields['default'] === undefined ? undefined : toText(fields['default']),
    allowedValues,
    description: fields['description'] === undefined ? undefined : toText(fields['description']),
  };
}

function readConstant(entry: unknown): [string, string] {
  const [name, fields] = namedEntry(entry, 'constant');
  refuseUnknown(fields, ['type', 'value'], `The constant '${name}'`);
  if (fields['value'] === undefined) throw bad(`The constant '${name}' has no value.`);
  return [name, toText(fields['value'])];
}

/** Scalars as text; the document's schema has strings only, but YAML reads `1.0` as a number. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw bad(`${JSON.stringify(value)} is not a string.`);
}

function readPhase(entry: unknown): Phase {
  if (!isRecord(entry)) throw bad('A phase is not a map.');
  refuseUnknown(entry, ['name', 'steps'], 'A phase');
  const name = toText(entry['name'] ?? '');
  if (name === '') throw bad('A phase has no name.');
  const steps = listOf(entry['steps'], `steps of phase '${name}'`).map((step) =>
    readStep(step, name),
  );
  if (steps.length === 0 || steps.length > stepsMax)
    throw bad(`The phase '${name}' has ${steps.length} steps; 1 to ${stepsMax} are allowed.`);
  checkUnique(
    steps.map((step) => step.name),
    `step of phase '${name}'`,
  );
  return { name, steps };
}

const stepFields = [
  'name',
  'action',
  'timeoutSeconds',
  'maxAttempts',
  'onFailure',
  'loop',
  'inputs',
  'description',
];

function readStep(entry: unknown, phase: string): Step {
  if (!isRecord(entry)) throw bad(`A step of phase '${phase}' is not a map.`);
  const name = toText(entry['name'] ?? '');
  const where = `Parsing step '${name}' in phase '${phase}' failed. Error:`;
  if (!stepName.test(name)) throw bad(`${where} the name must match ${stepName.source}.`);
  if ('if' in entry) throw notModelled(`a conditional step ('${name}')`);
  refuseUnknown(entry, stepFields, `${where} the step`);
  const action = toText(entry['action'] ?? '');
  checkAction(action, entry['inputs'], where);
  return {
    name,
    action,
    timeoutSeconds: wholeNumber(
      entry['timeoutSeconds'],
      timeoutSecondsDefault,
      -1,
      `${where} timeoutSeconds`,
    ),
    maxAttempts: wholeNumber(entry['maxAttempts'], 1, 1, `${where} maxAttempts`),
    onFailure: readOnFailure(entry['onFailure'], where),
    loop: entry['loop'] === undefined ? undefined : readLoop(entry['loop'], where),
    inputs: entry['inputs'],
  };
}

function wholeNumber(value: unknown, standard: number, min: number, what: string): number {
  if (value === undefined) return standard;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number === 0)
    throw bad(`${what} must be a whole number from ${min === -1 ? '1, or -1' : min}.`);
  return number;
}

function readOnFailure(value: unknown, where: string): OnFailure {
  if (value === undefined) return 'Abort';
  if (value === 'Abort' || value === 'Continue' || value === 'Ignore') return value;
  throw bad(`${where} onFailure must be Abort, Continue or Ignore.`);
}

function checkAction(action: string, inputs: unknown, where: string): void {
  if (unmodelledActions.includes(action)) throw notModelled(`the action ${action}`);
  const wanted = ownMember(modelledActions, action);
  if (!wanted) throw bad(`${where} there is no action '${action}'.`);
  const isMissing =
    inputs === undefined || inputs === null || (Array.isArray(inputs) && inputs.length === 0);
  if (isMissing && wanted.isOptional === true) return;
  if (isMissing) throw bad(`${where} Action ${action} has no inputs; it requires an 'inputs'`);
  if (wanted.form === 'list' && !Array.isArray(inputs))
    throw bad(`${where} the inputs of ${action} must be a list.`);
  for (const input of Array.isArray(inputs) ? inputs : [inputs]) {
    if (!isRecord(input)) throw bad(`${where} an input of ${action} is not a map.`);
    refuseUnknown(
      input,
      [...wanted.required, ...wanted.optional],
      `${where} an input of ${action}`,
    );
    for (const name of wanted.required)
      if (input[name] === undefined) throw bad(`${where} ${action} requires the input '${name}'.`);
  }
  if (action === 'ExecuteBash' && !isCommandList(inputs))
    throw bad(`${where} commands must be a list of strings that is not empty.`);
}

const isCommandList = (inputs: unknown): boolean => {
  const commands: unknown = isRecord(inputs) ? inputs['commands'] : undefined;
  return (
    Array.isArray(commands) &&
    commands.length > 0 &&
    commands.every((command) => typeof command === 'string')
  );
};

/** Source: IB User Guide, "Use looping constructs in AWSTOE". */
function readLoop(value: unknown, where: string): Loop {
  if (!isRecord(value)) throw bad(`${where} loop is not a map.`);
  refuseUnknown(value, ['name', 'for', 'forEach'], `${where} loop`);
  const name = value['name'] === undefined ? 'loop' : toText(value['name']);
  if ((value['for'] === undefined) === (value['forEach'] === undefined))
    throw bad(`${where} a loop has either 'for' or 'forEach'.`);
  const values =
    value['for'] === undefined
      ? eachValue(value['forEach'], where)
      : countValues(value['for'], where);
  if (values.length > loopValuesMax)
    throw bad(`${where} a loop runs at most ${loopValuesMax} times.`);
  return { name, values };
}

function countValues(value: unknown, where: string): string[] {
  if (!isRecord(value)) throw bad(`${where} 'for' is not a map.`);
  const [start = NaN, end = NaN, updateBy = NaN] = ['start', 'end', 'updateBy'].map((key) =>
    Number(value[key]),
  );
  if (![start, end, updateBy].every(Number.isInteger) || updateBy === 0)
    throw bad(`${where} 'for' needs the whole numbers start, end and updateBy.`);
  const count = Math.floor((end - start) / updateBy) + 1;
  if (count > loopValuesMax) throw bad(`${where} a loop runs at most ${loopValuesMax} times.`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => String(start + index * updateBy));
}

function eachValue(value: unknown, where: string): string[] {
  if (Array.isArray(value)) return value.map(toText);
  if (!isRecord(value)) throw bad(`${where} 'forEach' is neither a list nor a map.`);
  return toText(value['list'] ?? '').split(toText(value['delimiter'] ?? ','));
}

/** Every `{{ ... }}` must mean something: a variable, an earlier step of this document, a loop or a parameter of SSM. */
function checkReferences(document: ComponentDocument): void {
  const names = new Set([
    ...document.parameters.map(({ name }) => name),
    ...document.constants.keys(),
  ]);
  const earlier = new Set<string>();
  for (const phase of document.phases)
    for (const step of phase.steps) {
      for (const expression of expressionsIn(step.inputs)) {
        const [first = '', second = ''] = expression.split('.');
        const isKnown =
          names.has(expression) ||
          expression.startsWith('aws:ssm:') ||
          first === step.loop?.name ||
          earlier.has(`${first}.${second}`);
        if (!isKnown)
          throw bad(
            `Parsing step '${step.name}' in phase '${phase.name}' failed. Error: '{{ ${expression} }}' refers to nothing.`,
          );
      }
      earlier.add(`${phase.name}.${step.name}`);
    }
}
