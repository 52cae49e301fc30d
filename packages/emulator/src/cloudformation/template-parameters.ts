import { isRecord } from '../wire/scalars.ts';
import { isParameterType } from './parameter-types.ts';
import type { ParameterDeclaration, Tree } from './template.ts';
import { validationError } from './validation-error.ts';

// Source: CloudFormation User Guide, "Understand CloudFormation quotas".
const parametersMax = 200;
const attributes = [
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Default',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
  'Type',
];

/** Reads the Parameters section. */
export function readParameters(section: Tree): ReadonlyMap<string, ParameterDeclaration> {
  const names = Object.keys(section);
  if (names.length > parametersMax)
    throw validationError(
      `Template format error: Number of parameters, ${names.length}, is greater than maximum allowed, ${parametersMax}`,
    );
  return new Map(names.map((name) => [name, readParameter(name, section[name])]));
}

function readParameter(name: string, value: unknown): ParameterDeclaration {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name))
    throw validationError(`Template format error: Parameter name ${name} is non alphanumeric.`);
  if (!isRecord(value))
    throw validationError('Template format error: Any Parameters member must be a JSON object.');
  for (const attribute of Object.keys(value))
    if (!attributes.includes(attribute))
      throw validationError(`Invalid template parameter property '${attribute}'`);
  const type = value['Type'];
  if (typeof type !== 'string')
    throw validationError(
      'Template format error: Every Parameters object must contain a Type member.',
    );
  if (!isParameterType(type))
    throw validationError(`Template format error: Unrecognized parameter type: ${type}`);
  const text = (attribute: string): string | undefined =>
    scalarText(name, attribute, value[attribute]);
  const number = (attribute: string): number | undefined =>
    scalarNumber(name, attribute, value[attribute]);
  const allowed = value['AllowedValues'];
  return {
    name,
    type,
    default: text('Default'),
    description: text('Description'),
    noEcho: text('NoEcho')?.toLowerCase() === 'true',
    allowedValues: allowed === undefined ? undefined : readAllowedValues(name, allowed),
    allowedPattern: text('AllowedPattern'),
    constraintDescription: text('ConstraintDescription'),
    minLength: number('MinLength'),
    maxLength: number('MaxLength'),
    minValue: number('MinValue'),
    maxValue: number('MaxValue'),
  };
}

function readAllowedValues(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0)
    throw validationError(
      `Template format error: The AllowedValues of parameter ${name} must be a list of strings.`,
    );
  return value.map((item: unknown) => scalarText(name, 'AllowedValues', item) ?? '');
}

function scalarText(name: string, attribute: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw validationError(
    `Template format error: Every ${attribute} member must be a string; that of parameter ${name} is not.`,
  );
}

function scalarNumber(name: string, attribute: string, value: unknown): number | undefined {
  const text = scalarText(name, attribute, value);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number))
    throw validationError(
      `Template format error: Every ${attribute} member must be a number; that of parameter ${name} is not.`,
    );
  return number;
}
