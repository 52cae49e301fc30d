import { isRecord } from '../wire/scalars.ts';
import type { Scope } from '../world/scope.ts';
import { noValue, type Names } from './expression-values.ts';
import type { ParameterValue } from './parameters.ts';
import type { Template } from './template.ts';
import { validationError } from './validation-error.ts';
import { ownMember } from '../wire/own-member.ts';

/** The stack that expressions are evaluated for. */
export interface StackIdentity {
  readonly stackId: string;
  readonly stackName: string;
}

/** What a resource answers to `Ref` and `Fn::GetAtt`. */
export interface ResourceAnswers {
  readonly type: string;
  readonly ref: unknown;
  /** Undefined for an attribute that the resource does not have. */
  attribute(name: string): unknown;
}

interface NameSources {
  readonly scope: Scope;
  readonly stack: StackIdentity;
  readonly template: Template;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Undefined for a resource that does not exist under the conditions that hold. */
  resource(logicalId: string): ResourceAnswers | undefined;
  imported(name: string): unknown;
}

/** Source: CloudFormation User Guide, "Get AWS values using pseudo parameters". */
function pseudoParameters(scope: Scope, stack: StackIdentity): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': scope.account,
    'AWS::NoValue': noValue,
    'AWS::NotificationARNs': [],
    'AWS::Partition': 'aws',
    'AWS::Region': scope.region,
    'AWS::StackId': stack.stackId,
    'AWS::StackName': stack.stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

export const isPseudoParameter = (name: string): boolean =>
  [
    'AWS::AccountId',
    'AWS::NoValue',
    'AWS::NotificationARNs',
    'AWS::Partition',
    'AWS::Region',
    'AWS::StackId',
    'AWS::StackName',
    'AWS::URLSuffix',
  ].includes(name);

const unresolved = (name: string): Error =>
  validationError(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );

/** Finds what the expressions of a template refer to. */
export function namesOf(sources: NameSources): Names {
  const { template, parameters, conditions } = sources;
  const pseudo = pseudoParameters(sources.scope, sources.stack);
  return {
    ref(name) {
      const parameter = parameters.get(name);
      if (parameter) return parameter.value;
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const resource = sources.resource(name);
      if (!resource) throw unresolved(name);
      return resource.ref;
    },
    attribute(logicalId, attribute) {
      const resource = sources.resource(logicalId);
      if (!resource) throw unresolved(logicalId);
      const value = resource.attribute(attribute);
      if (value === undefined)
        throw validationError(
          `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
        );
      return value;
    },
    condition(name) {
      const value = conditions.get(name);
      if (value === undefined)
        throw validationError(
          `Template format error: Unresolved condition dependency ${name} in the Resources block of the template`,
        );
      return value;
    },
    mapping: (name, first, second) => lookUp(template, name, first, second),
    imported: (name) => sources.imported(name),
  };
}

function lookUp(template: Template, name: string, first: string, second: string): unknown {
  const mapping = ownMember(template.mappings, name);
  if (!isRecord(mapping))
    throw validationError(
      `Template error: Mapping named '${name}' is not present in the 'Mappings' section of template.`,
    );
  const row = ownMember(mapping, first);
  const value = isRecord(row) ? ownMember(row, second) : undefined;
  if (value === undefined)
    throw validationError(`Template error: Unable to get mapping for ${name}::${first}::${second}`);
  return value;
}
