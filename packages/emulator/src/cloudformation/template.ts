import { isRecord } from '../wire/scalars.ts';
import { readOutputs, readResources } from './template-members.ts';
import { readParameters } from './template-parameters.ts';
import { parseTemplateText } from './template-text.ts';
import { validationError } from './validation-error.ts';

export type Tree = Readonly<Record<string, unknown>>;

export interface ParameterDeclaration {
  readonly name: string;
  readonly type: string;
  readonly default: string | undefined;
  readonly description: string | undefined;
  readonly noEcho: boolean;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly constraintDescription: string | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';
export type UpdateReplacePolicy = 'Delete' | 'Retain';

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Tree;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: UpdateReplacePolicy;
  readonly metadata: unknown;
}

export interface TemplateOutput {
  readonly name: string;
  readonly value: unknown;
  readonly description: string | undefined;
  readonly condition: string | undefined;
  readonly exportName: unknown;
}

/** A template whose sections are read; expressions in it are not evaluated yet. */
export interface Template {
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly metadata: Tree | undefined;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: Tree;
  readonly conditions: ReadonlyMap<string, unknown>;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly outputs: ReadonlyMap<string, TemplateOutput>;
}

const formatVersion = '2010-09-09';
// Source of the limits: CloudFormation User Guide, "Understand CloudFormation quotas".
const descriptionBytesMax = 1024;
const mappingsMax = 200;

const sections = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Hooks',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
];
const sectionsLeftOut = ['Transform', 'Rules', 'Hooks'];

/**
 * Reads a template and checks its form: sections, members, names, quotas. What needs parameter values or resource
 * types is checked by `prepareTemplate`.
 *
 * @throws AwsError ValidationError
 */
export function readTemplate(text: string): Template {
  const tree = parseTemplateText(text);
  if (!isRecord(tree)) throw validationError('Template format error: unsupported structure.');
  refuseNull(tree, '');
  checkSections(tree);
  const description = tree['Description'];
  return {
    version: readVersion(tree['AWSTemplateFormatVersion']),
    description: description === undefined ? undefined : readDescription(description),
    metadata: tree['Metadata'] === undefined ? undefined : section(tree, 'Metadata'),
    parameters: readParameters(section(tree, 'Parameters')),
    mappings: readMappings(section(tree, 'Mappings')),
    conditions: new Map(Object.entries(section(tree, 'Conditions'))),
    resources: readResources(section(tree, 'Resources')),
    outputs: readOutputs(section(tree, 'Outputs')),
  };
}

function refuseNull(value: unknown, path: string): void {
  if (value === null) throw validationError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) refuseNull(item, `${path}/${key}`);
}

function checkSections(tree: Tree): void {
  const strange = Object.keys(tree).filter((name) => !sections.includes(name));
  if (strange.length > 0)
    throw validationError(
      `Template format error: Invalid template property or properties [${strange.join(', ')}]`,
    );
  for (const name of sectionsLeftOut)
    if (tree[name] !== undefined)
      throw validationError(`the template section ${name} is not modelled by this emulator`);
}

function section(tree: Tree, name: string): Tree {
  const value = tree[name] ?? {};
  if (!isRecord(value)) throw validationError(`Template format error: [/${name}] expected a map`);
  return value;
}

function readVersion(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value !== formatVersion)
    throw validationError(
      `Template format error: [/AWSTemplateFormatVersion] '${JSON.stringify(value)}' is not a supported value, use "${formatVersion}"`,
    );
  return value;
}

function readDescription(value: unknown): string {
  if (typeof value !== 'string')
    throw validationError("Template format error: 'Description' must be a string.");
  if (Buffer.byteLength(value) > descriptionBytesMax)
    throw validationError(
      `Template format error: 'Description' length is greater than ${descriptionBytesMax}.`,
    );
  return value;
}

function readMappings(mappings: Tree): Tree {
  const names = Object.keys(mappings);
  if (names.length > mappingsMax)
    throw validationError(
      `Template format error: Number of mappings, ${names.length}, is greater than maximum allowed, ${mappingsMax}`,
    );
  for (const name of names) {
    const mapping = mappings[name];
    const isTwoLevels = isRecord(mapping) && Object.values(mapping).every(isRecord);
    if (!isTwoLevels)
      throw validationError(
        `Template format error: Every Mappings attribute must be a map of maps; ${name} is not.`,
      );
  }
  return mappings;
}
