import { referencedTexts } from './stored-parameters.ts';
import { dynamicReferences, withDynamicValues } from './dynamic-references.ts';
import type { Names } from './expression-values.ts';
import { namesOf, type ResourceAnswers, type StackIdentity } from './names.ts';
import type { PreparedTemplate } from './prepare-template.ts';
import type { Properties } from './provider.ts';
import type { Actor } from './actor.ts';
import type { Scope } from '../world/scope.ts';
import { findExport, type StackResource } from './stack-state.ts';
import { validationError } from './validation-error.ts';

interface StackNames {
  readonly scope: Scope;
  readonly stack: StackIdentity;
  readonly prepared: PreparedTemplate;
  readonly resource: (logicalId: string) => ResourceAnswers | undefined;
  /** Told of each export of another stack that an expression uses. */
  readonly onImport?: (name: string) => void;
}

/** The names of a stack's expressions: its parameters and conditions, the given resources, the exports around it. */
export function stackNames({ scope, stack, prepared, resource, onImport }: StackNames): Names {
  return namesOf({
    scope,
    stack,
    template: prepared.template,
    parameters: prepared.parameters,
    conditions: prepared.conditions,
    resource,
    imported(name) {
      const found = findExport(scope, name);
      if (!found) throw validationError(`No export named ${name} found.`);
      onImport?.(name);
      return found.output.value;
    },
  });
}

/** What a resource that is there answers. */
export const answersOfResource = (resource: StackResource): ResourceAnswers => ({
  type: resource.type,
  ref: resource.physicalId,
  attribute: (name) => resource.attributes[name],
});

/**
 * Puts the values of dynamic references into evaluated properties.
 *
 * @throws AwsError ValidationError
 */
export async function resolveDynamic(
  scope: Scope,
  actor: Actor,
  properties: Properties,
): Promise<Properties> {
  const references = dynamicReferences(properties);
  if (references.length === 0) return properties;
  const values = await referencedTexts(scope, actor, references);
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, withDynamicValues(value, values)]),
  );
}
