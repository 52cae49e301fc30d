import { isRecord } from '../wire/scalars.ts';
import { asText, KnownLater, noValue, type Names } from './expression-values.ts';
import { evaluateSub } from './intrinsic-sub.ts';
import type { Tree } from './template.ts';
import { validationError } from './validation-error.ts';

const nestingMax = 100;

/** What an intrinsic function is given: its argument, evaluated or not, and how to evaluate. */
type Intrinsic = (argument: unknown, names: Names, depth: number) => unknown;

const functions: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, names) => names.ref(asText('Ref', argument)),
  'Fn::GetAtt': evaluateGetAtt,
  'Fn::Sub': (argument, names, depth) =>
    evaluateSub(argument, names, (value) => evaluate(value, names, depth + 1)),
  'Fn::Join': evaluateJoin,
  'Fn::Select': evaluateSelect,
  'Fn::Split': evaluateSplit,
  'Fn::FindInMap': evaluateFindInMap,
  'Fn::If': evaluateIf,
  'Fn::Base64': (argument, names, depth) => {
    const value = evaluate(argument, names, depth + 1);
    return value instanceof KnownLater
      ? value
      : Buffer.from(asText('Fn::Base64', value)).toString('base64');
  },
  'Fn::ImportValue': (argument, names, depth) => {
    const value = evaluate(argument, names, depth + 1);
    return value instanceof KnownLater ? value : names.imported(asText('Fn::ImportValue', value));
  },
};

/** The single function that an object stands for, or undefined when it is plain data. */
export function functionOf(value: unknown): { name: string; argument: unknown } | undefined {
  if (!isRecord(value)) return undefined;
  const keys = Object.keys(value);
  const name = keys.find((key) => key.startsWith('Fn::') || (key === 'Ref' && keys.length === 1));
  if (name === undefined) return undefined;
  if (keys.length > 1)
    throw validationError(
      `Template format error: an object with ${name} must have no other member, found ${keys.join(', ')}`,
    );
  return { name, argument: value[name] };
}

/**
 * Evaluates an expression: every intrinsic function in it is replaced by its value.
 *
 * @returns plain data, {@link noValue}, or data that holds {@link KnownLater}
 * @throws AwsError ValidationError
 */
export function evaluate(value: unknown, names: Names, depth = 0): unknown {
  if (depth > nestingMax)
    throw validationError(`Template format error: nests more than ${nestingMax} levels`);
  if (Array.isArray(value))
    return value
      .map((item: unknown) => evaluate(item, names, depth + 1))
      .filter((item) => item !== noValue);
  if (!isRecord(value) || value instanceof KnownLater) return value;
  const call = functionOf(value);
  if (call) {
    const run = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
    if (!run) throw validationError(strangeFunction(call.name));
    return run(call.argument, names, depth);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, evaluate(item, names, depth + 1)])
      .filter(([, item]) => item !== noValue),
  );
}

/** Functions of conditions; they cannot stand in resources. */
const conditionFunctions = ['Fn::And', 'Fn::Equals', 'Fn::Not', 'Fn::Or'];
const functionsLeftOut = [
  'Fn::Cidr',
  'Fn::ForEach',
  'Fn::GetAZs',
  'Fn::GetStackOutput',
  'Fn::Length',
  'Fn::ToJsonString',
  'Fn::Transform',
];

function strangeFunction(name: string): string {
  if (functionsLeftOut.includes(name.split('::').slice(0, 2).join('::')))
    return `the intrinsic function ${name} is not modelled by this emulator`;
  return conditionFunctions.includes(name)
    ? `Template error: ${name} cannot be used outside of conditions`
    : `Template error: ${name} is not an intrinsic function`;
}

/** Evaluates the properties of a resource; what came to `AWS::NoValue` is gone. */
export function evaluateProperties(properties: Tree, names: Names): Record<string, unknown> {
  const result = evaluate(properties, names);
  if (!isRecord(result))
    throw validationError('Template format error: Properties must evaluate to an object');
  return result;
}

function evaluateGetAtt(argument: unknown, names: Names, depth: number): unknown {
  const { logicalId, attribute } = readGetAtt(argument);
  const evaluated = evaluate(attribute, names, depth + 1);
  return names.attribute(logicalId, asText('Fn::GetAtt', evaluated));
}

/** The two parts of a `Fn::GetAtt`, in its list or its text form. */
export function readGetAtt(argument: unknown): { logicalId: string; attribute: unknown } {
  const parts: unknown[] =
    typeof argument === 'string'
      ? [argument.split('.')[0], argument.split('.').slice(1).join('.')]
      : Array.isArray(argument)
        ? argument
        : [];
  const [logicalId, attribute] = parts;
  if (parts.length !== 2 || typeof logicalId !== 'string' || logicalId === '' || attribute === '')
    throw validationError(
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  return { logicalId, attribute };
}

function evaluateJoin(argument: unknown, names: Names, depth: number): unknown {
  const wrong = validationError(
    'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
  );
  if (!Array.isArray(argument) || argument.length !== 2) throw wrong;
  const [delimiter, list] = argument as [unknown, unknown];
  const items = evaluate(list, names, depth + 1);
  if (items instanceof KnownLater) return items;
  if (typeof delimiter !== 'string' || !Array.isArray(items)) throw wrong;
  const later: unknown = items.find((item) => item instanceof KnownLater);
  return later ?? items.map((item: unknown) => asText('Fn::Join', item)).join(delimiter);
}

/** What may stand in an index or a map key. Source: User Guide, Fn::Select and Fn::FindInMap, "Supported functions". */
function evaluateKey(value: unknown, names: Names, where: { name: string; depth: number }): string {
  const call = functionOf(value);
  if (call && call.name !== 'Ref' && call.name !== 'Fn::FindInMap')
    throw validationError(
      `Template error: ${where.name} supports only Ref and Fn::FindInMap there`,
    );
  return asText(where.name, evaluate(value, names, where.depth + 1));
}

function evaluateSelect(argument: unknown, names: Names, depth: number): unknown {
  if (!Array.isArray(argument) || argument.length !== 2)
    throw validationError('Template error: Fn::Select requires a list argument with two elements');
  const [position, list] = argument as [unknown, unknown];
  const index = evaluateKey(position, names, { name: 'Fn::Select', depth });
  const items = evaluate(list, names, depth + 1);
  if (items instanceof KnownLater) return items;
  if (!/^\d+$/.test(index))
    throw validationError('Template error: Fn::Select requires an integer index');
  if (!Array.isArray(items))
    throw validationError('Template error: Fn::Select requires a list to select from');
  const item: unknown = items[Number(index)];
  if (item === undefined)
    throw validationError(
      `Template error: Fn::Select cannot select nonexistent value at index ${index}`,
    );
  return item;
}

function evaluateSplit(argument: unknown, names: Names, depth: number): unknown {
  if (!Array.isArray(argument) || argument.length !== 2)
    throw validationError(
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  const [delimiter, source] = argument as [unknown, unknown];
  const text = evaluate(source, names, depth + 1);
  if (text instanceof KnownLater) return text;
  return asText('Fn::Split', text).split(asText('Fn::Split', delimiter));
}

function evaluateFindInMap(argument: unknown, names: Names, depth: number): unknown {
  if (!Array.isArray(argument) || argument.length !== 3)
    throw validationError(
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  const [name, first, second] = argument.map((part: unknown) =>
    evaluateKey(part, names, { name: 'Fn::FindInMap', depth }),
  );
  return names.mapping(name ?? '', first ?? '', second ?? '');
}

function evaluateIf(argument: unknown, names: Names, depth: number): unknown {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string')
    throw validationError(
      'Template error: Fn::If requires a list argument with the first element being a condition',
    );
  const [name, whenTrue, whenFalse] = argument as [string, unknown, unknown];
  return evaluate(names.condition(name) ? whenTrue : whenFalse, names, depth + 1);
}
