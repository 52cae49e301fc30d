import type { World } from '../world/world.ts';
import { isPseudoParameter } from './names.ts';
import { referencesOf, type Reference } from './references.ts';
import { resourceProviders } from './resource-providers.ts';
import type { Template } from './template.ts';
import { validationError } from './validation-error.ts';

/**
 * Checks that everything that a template refers to is there, whatever its conditions come to.
 *
 * @throws AwsError ValidationError
 */
export function checkReferences(world: World, template: Template): void {
  checkConditions(template);
  for (const {
    logicalId,
    properties,
    condition,
    dependsOn,
    metadata,
  } of template.resources.values()) {
    const references = [...referencesOf(properties), ...referencesOf(metadata)];
    checkNames(template, references, 'Resources');
    checkAttributes(world, template, references);
    const strange = dependsOn.filter((name) => !template.resources.has(name));
    if (strange.length > 0) throw unresolved(strange, 'Resources');
    if (dependsOn.includes(logicalId))
      throw validationError(`Circular dependency between resources: [${logicalId}]`);
    checkCondition(template, condition, 'Resources');
  }
  for (const { value, exportName, condition } of template.outputs.values()) {
    const references = [...referencesOf(value), ...referencesOf(exportName)];
    checkNames(template, references, 'Outputs');
    checkAttributes(world, template, references);
    checkCondition(template, condition, 'Outputs');
  }
}

const unresolved = (names: readonly string[], block: string): Error =>
  validationError(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the ${block} block of the template`,
  );

function checkConditions(template: Template): void {
  const names = [...template.conditions.values()]
    .flatMap((expression) => referencesOf(expression))
    .filter(({ kind }) => kind !== 'condition')
    .map(({ name }) => name)
    .filter((name) => !template.parameters.has(name) && !isPseudoParameter(name));
  if (names.length > 0)
    throw validationError(
      `Template format error: Unresolved dependencies [${[...new Set(names)].join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
}

function checkNames(template: Template, references: readonly Reference[], block: string): void {
  const isThere = ({ kind, name }: Reference): boolean => {
    switch (kind) {
      case 'ref':
        return (
          template.parameters.has(name) || template.resources.has(name) || isPseudoParameter(name)
        );
      case 'attribute':
        return template.resources.has(name);
      case 'condition':
        return true;
      default:
        return kind satisfies never;
    }
  };
  const strange = references.filter((reference) => !isThere(reference)).map(({ name }) => name);
  if (strange.length > 0) throw unresolved([...new Set(strange)], block);
  for (const { kind, name } of references)
    if (kind === 'condition') checkCondition(template, name, block);
}

function checkCondition(template: Template, name: string | undefined, block: string): void {
  if (name === undefined || template.conditions.has(name)) return;
  throw validationError(
    `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
  );
}

/** Attributes of types that name theirs; a wrong one of another type fails when it is asked for. */
function checkAttributes(world: World, template: Template, references: readonly Reference[]): void {
  for (const reference of references) {
    if (reference.kind !== 'attribute' || reference.attribute === undefined) continue;
    const type = template.resources.get(reference.name)?.type ?? '';
    const known = resourceProviders(world).get(type)?.attributes;
    if (known && !known.includes(reference.attribute))
      throw validationError(
        `Template error: resource ${reference.name} does not support attribute type ${reference.attribute} in Fn::GetAtt`,
      );
  }
}
