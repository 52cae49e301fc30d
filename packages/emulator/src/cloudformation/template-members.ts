import { isRecord } from '../wire/scalars.ts';
import type {
  DeletionPolicy,
  TemplateOutput,
  TemplateResource,
  Tree,
  UpdateReplacePolicy,
} from './template.ts';
import { validationError } from './validation-error.ts';

// Source: CloudFormation User Guide, "Understand CloudFormation quotas".
const resourcesMax = 500;
const outputsMax = 200;
const nameLengthMax = 255;

const resourceAttributes = [
  'Condition',
  'CreationPolicy',
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
];
const outputAttributes = ['Condition', 'Description', 'Export', 'Value'];

/** Reads the Resources section. */
export function readResources(section: Tree): ReadonlyMap<string, TemplateResource> {
  const names = Object.keys(section);
  if (names.length === 0)
    throw validationError('Template format error: At least one Resources member must be defined.');
  if (names.length > resourcesMax)
    throw validationError(
      `Template format error: Number of resources, ${names.length}, is greater than maximum allowed, ${resourcesMax}`,
    );
  return new Map(names.map((name) => [name, readResource(name, section[name])]));
}

function readResource(logicalId: string, value: unknown): TemplateResource {
  checkName('Resource', logicalId);
  if (!isRecord(value))
    throw validationError('Template format error: Any Resources member must be an object.');
  for (const attribute of Object.keys(value))
    if (!resourceAttributes.includes(attribute))
      throw validationError(`Invalid template resource property '${attribute}'`);
  const type = value['Type'];
  if (typeof type !== 'string')
    throw validationError(
      `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`,
    );
  for (const attribute of ['CreationPolicy', 'UpdatePolicy'])
    refuseFilled(logicalId, attribute, value[attribute]);
  const properties = value['Properties'] ?? {};
  if (!isRecord(properties))
    throw validationError(
      `Template format error: [/Resources/${logicalId}/Properties] must be an object.`,
    );
  return {
    logicalId,
    type,
    properties,
    dependsOn: readDependsOn(logicalId, value['DependsOn']),
    condition: readCondition(logicalId, value['Condition']),
    deletionPolicy: readDeletionPolicy(logicalId, value['DeletionPolicy']),
    updateReplacePolicy: readUpdateReplacePolicy(logicalId, value['UpdateReplacePolicy']),
    metadata: value['Metadata'],
  };
}

function refuseFilled(logicalId: string, attribute: string, value: unknown): void {
  if (value === undefined || (isRecord(value) && Object.keys(value).length === 0)) return;
  throw validationError(
    `the attribute ${attribute} of resource ${logicalId} is not modelled by this emulator`,
  );
}

function readDependsOn(logicalId: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'string')
      throw validationError(
        `Template format error: DependsOn must be a string or list of strings in resource ${logicalId}.`,
      );
    return item;
  });
}

function readCondition(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw validationError(`Template format error: The Condition of ${name} must be a string.`);
}

function readDeletionPolicy(logicalId: string, value: unknown): DeletionPolicy {
  switch (value) {
    case undefined:
    case 'Delete':
      return 'Delete';
    case 'Retain':
    case 'RetainExceptOnCreate':
      return value;
    default:
      throw strangePolicy('DeletionPolicy', logicalId, value);
  }
}

function readUpdateReplacePolicy(logicalId: string, value: unknown): UpdateReplacePolicy {
  switch (value) {
    case undefined:
    case 'Delete':
      return 'Delete';
    case 'Retain':
      return value;
    default:
      throw strangePolicy('UpdateReplacePolicy', logicalId, value);
  }
}

const strangePolicy = (attribute: string, logicalId: string, value: unknown): Error =>
  validationError(
    value === 'Snapshot'
      ? `${attribute} Snapshot of resource ${logicalId} is not modelled by this emulator`
      : `Template format error: Unrecognized ${attribute} ${JSON.stringify(value)} for resource ${logicalId}`,
  );

/** Reads the Outputs section. */
export function readOutputs(section: Tree): ReadonlyMap<string, TemplateOutput> {
  const names = Object.keys(section);
  if (names.length > outputsMax)
    throw validationError(
      `Template format error: Number of outputs, ${names.length}, is greater than maximum allowed, ${outputsMax}`,
    );
  return new Map(names.map((name) => [name, readOutput(name, section[name])]));
}

function readOutput(name: string, value: unknown): TemplateOutput {
  checkName('Output', name);
  if (!isRecord(value) || value['Value'] === undefined)
    throw validationError(
      `Template format error: Every Outputs member must contain a Value object; ${name} does not.`,
    );
  for (const attribute of Object.keys(value))
    if (!outputAttributes.includes(attribute))
      throw validationError(`Invalid template output property '${attribute}'`);
  const description = value['Description'];
  if (description !== undefined && typeof description !== 'string')
    throw validationError(
      `Template format error: Every Description member of the Outputs must be a string; that of ${name} is not.`,
    );
  return {
    name,
    value: value['Value'],
    description,
    condition: readCondition(name, value['Condition']),
    exportName: readExport(name, value['Export']),
  };
}

function readExport(name: string, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (!isRecord(value) || Object.keys(value).join() !== 'Name')
    throw validationError(
      `Template format error: Output ${name} is malformed. The Export must have exactly the member Name.`,
    );
  return value['Name'];
}

function checkName(kind: string, name: string): void {
  if (!/^[A-Za-z0-9]+$/.test(name))
    throw validationError(`Template format error: ${kind} name ${name} is non alphanumeric.`);
  if (name.length > nameLengthMax)
    throw validationError(
      `Template format error: ${kind} name ${name} is longer than ${nameLengthMax} characters.`,
    );
}
