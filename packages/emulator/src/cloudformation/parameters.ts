import { fitsSuppliedType, parameterType } from './parameter-types.ts';
import type { ParameterDeclaration } from './template.ts';
import { matchesWhole } from './matches-whole.ts';
import { validationError } from './validation-error.ts';

/** A parameter as a caller of CloudFormation gives it. */
export interface GivenParameter {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}

export interface ParameterValue {
  readonly declaration: ParameterDeclaration;
  /** As given, or the default; for a stored value the name of the Systems Manager parameter. */
  readonly text: string;
  /** What `Ref` answers. */
  readonly value: string | readonly string[];
  /** The text behind a Systems Manager parameter. */
  readonly resolved: string | undefined;
}

type Declarations = ReadonlyMap<string, ParameterDeclaration>;
const textBytesMax = 4096; // CloudFormation quotas, "Parameter value"

/**
 * Settles each parameter's text: given, previous or default.
 *
 * @param previous texts of the stack as it is; undefined when there is none
 * @throws AwsError ValidationError
 */
export function chooseTexts(
  declarations: Declarations,
  given: readonly GivenParameter[],
  previous: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const unknown = given
    .map(({ ParameterKey }) => ParameterKey ?? '')
    .filter((name) => !declarations.has(name));
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const chosen = new Map<string, string>();
  for (const parameter of given) {
    const name = parameter.ParameterKey ?? '';
    if (chosen.has(name)) throw validationError(`Parameter ${name} is given more than once`);
    const text = givenText(name, parameter, previous);
    if (text !== undefined) chosen.set(name, text);
  }
  const missing: string[] = [];
  for (const { name, default: fallback } of declarations.values()) {
    if (chosen.has(name)) continue;
    if (fallback === undefined) missing.push(name);
    else chosen.set(name, fallback);
  }
  if (missing.length > 0)
    throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return chosen;
}

function givenText(
  name: string,
  { ParameterValue: text, UsePreviousValue: usePrevious }: GivenParameter,
  previous: ReadonlyMap<string, string> | undefined,
): string | undefined {
  if (usePrevious !== true) return text;
  if (text !== undefined && text !== '')
    throw validationError(
      `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true with non empty value for a parameter`,
    );
  const before = previous?.get(name);
  if (before === undefined)
    throw validationError(
      `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  return before;
}

/** The names of Systems Manager parameters whose values the parameters of a template stand for. */
export function storedNames(
  declarations: Declarations,
  texts: ReadonlyMap<string, string>,
): readonly string[] {
  const names = [...declarations.values()]
    .filter(({ type }) => parameterType(type)?.isStored === true)
    .map(({ name }) => texts.get(name) ?? '');
  return [...new Set(names)];
}

/**
 * Checks the texts against the declarations and gives them the form that `Ref` answers.
 *
 * @param stored values by name, for every name of {@link storedNames}
 * @throws AwsError ValidationError
 */
export function bindParameters(
  declarations: Declarations,
  texts: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, string>,
): ReadonlyMap<string, ParameterValue> {
  return new Map(
    [...declarations.values()].map((declaration) => [
      declaration.name,
      bind(declaration, texts.get(declaration.name) ?? '', stored),
    ]),
  );
}

function bind(
  declaration: ParameterDeclaration,
  text: string,
  stored: ReadonlyMap<string, string>,
): ParameterValue {
  const { name } = declaration;
  const type = parameterType(declaration.type);
  if (!type) throw new TypeError(`the parameter type ${declaration.type} passed the reader`);
  if (Buffer.byteLength(text) > textBytesMax)
    throw validationError(`Parameter '${name}' must contain at most ${textBytesMax} bytes`);
  const givenItems = type.isList && !type.isStored ? splitList(text) : [text];
  for (const item of givenItems)
    checkConstraints(declaration, item, type.isStored ? '' : type.item);
  const resolved = type.isStored ? stored.get(text) : undefined;
  const full = type.isStored ? (resolved ?? '') : text;
  const items = type.isList ? splitList(full) : [full];
  for (const item of items)
    if (!fitsSuppliedType(type.item, item))
      throw validationError(
        `Parameter validation failed: parameter value ${item} for parameter name ${name} does not exist`,
      );
  return { declaration, text, value: type.isList ? items : full, resolved };
}

const splitList = (text: string): string[] =>
  text === '' ? [] : text.split(',').map((item) => item.trim());

/** Source of the messages: what CloudFormation answers to CreateStack and CreateChangeSet. */
function checkConstraints(declaration: ParameterDeclaration, text: string, item: string): void {
  const { name, constraintDescription } = declaration;
  const reason = violation(declaration, text, item);
  if (reason === undefined) return;
  throw validationError(
    constraintDescription === undefined
      ? `Parameter '${name}' ${reason}`
      : `Parameter ${name} failed to satisfy constraint: ${constraintDescription}`,
  );
}

function violation(
  { allowedValues, allowedPattern, minLength, maxLength, ...bounds }: ParameterDeclaration,
  text: string,
  item: string,
): string | undefined {
  if (item === 'Number') {
    const problem = numberViolation(text, bounds.minValue, bounds.maxValue);
    if (problem !== undefined) return problem;
  }
  if (allowedValues !== undefined && !allowedValues.includes(text))
    return 'must be one of AllowedValues';
  if (allowedPattern !== undefined && !matchesWhole(allowedPattern, text))
    return `must match pattern ${allowedPattern}`;
  if (minLength !== undefined && text.length < minLength)
    return `must contain at least ${minLength} characters`;
  if (maxLength !== undefined && text.length > maxLength)
    return `must contain at most ${maxLength} characters`;
  return undefined;
}

function numberViolation(
  text: string,
  min: number | undefined,
  max: number | undefined,
): string | undefined {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) return 'must be a number';
  if (min !== undefined && number < min) return `must be a number not less than ${min}`;
  if (max !== undefined && number > max) return `must be a number not greater than ${max}`;
  return undefined;
}
