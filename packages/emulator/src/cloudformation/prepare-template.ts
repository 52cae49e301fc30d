import type { Scope } from '../world/scope.ts';
import type { Actor } from './actor.ts';
import { checkReferences } from './check-references.ts';
import { evaluateConditions } from './conditions.ts';
import { inDependencyOrder } from './graph.ts';
import { namesOf, type StackIdentity } from './names.ts';
import { storedNameType } from './parameter-types.ts';
import {
  bindParameters,
  chooseTexts,
  storedNames,
  type GivenParameter,
  type ParameterValue,
} from './parameters.ts';
import { referencesOf } from './references.ts';
import { requireKnownTypes } from './resource-providers.ts';
import { storedTexts } from './stored-parameters.ts';
import {
  readTemplate,
  type Template,
  type TemplateOutput,
  type TemplateResource,
} from './template.ts';

/** A resource that exists under the conditions that hold. */
export interface PreparedResource extends TemplateResource {
  readonly id: string;
  /** Logical ids of resources that come first. */
  readonly dependencies: readonly string[];
}

/** A template with parameter values: everything that is settled before the first resource is made. */
export interface PreparedTemplate {
  readonly body: string;
  readonly template: Template;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Those that exist, in dependency order. */
  readonly resources: readonly PreparedResource[];
  readonly outputs: readonly TemplateOutput[];
}

/**
 * Reads and checks a template for one stack, as CloudFormation does before it answers.
 *
 * @throws AwsError ValidationError
 */
export async function prepareTemplate(
  scope: Scope,
  order: {
    readonly body: string;
    readonly given: readonly GivenParameter[];
    /** Texts of the stack's parameters as they are; undefined for a stack that does not exist yet. */
    readonly previous: ReadonlyMap<string, string> | undefined;
    readonly stack: StackIdentity;
    /** Who reads values in Parameter Store. */
    readonly reader: Actor;
  },
): Promise<PreparedTemplate> {
  const template = readTemplate(order.body);
  checkReferences(scope.world, template);
  requireKnownTypes(
    scope.world,
    [...template.resources.values()].map(({ type }) => type),
  );
  const texts = chooseTexts(template.parameters, order.given, order.previous);
  const parameters = await readParameters(scope, order.reader, template, texts);
  const names = namesOf({
    scope,
    stack: order.stack,
    template,
    parameters,
    conditions: new Map(),
    resource: () => undefined,
    imported: () => undefined,
  });
  const conditions = evaluateConditions(template.conditions, names);
  const exists = ({ condition }: { condition: string | undefined }): boolean =>
    condition === undefined || conditions.get(condition) === true;
  return {
    body: order.body,
    template,
    parameters,
    conditions,
    resources: resourcesInOrder([...template.resources.values()].filter(exists), conditions),
    outputs: [...template.outputs.values()].filter(exists),
  };
}

async function readParameters(
  scope: Scope,
  reader: Actor,
  template: Template,
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, ParameterValue>> {
  const stored = await storedTexts(scope, reader, storedNames(template.parameters, texts));
  const nameOnly = [...template.parameters.values()]
    .filter(({ type }) => type === storedNameType)
    .map(({ name }) => texts.get(name) ?? '');
  await storedTexts(scope, reader, nameOnly);
  return bindParameters(template.parameters, texts, stored);
}

function resourcesInOrder(
  resources: readonly TemplateResource[],
  conditions: ReadonlyMap<string, boolean>,
): readonly PreparedResource[] {
  const existing = new Set(resources.map(({ logicalId }) => logicalId));
  const holds = (name: string): boolean => conditions.get(name) === true;
  return inDependencyOrder(
    resources.map((resource) => {
      const referred = referencesOf(resource.properties, holds)
        .filter(({ kind }) => kind !== 'condition')
        .map(({ name }) => name);
      const all = new Set([...referred, ...resource.dependsOn]);
      const dependencies = [...all].filter((name) => existing.has(name));
      return { ...resource, id: resource.logicalId, dependencies };
    }),
  );
}
