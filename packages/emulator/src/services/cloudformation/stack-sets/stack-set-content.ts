import type { Capability, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { requireCapabilities } from '../../../cloudformation/capabilities.ts';
import { checkReferences } from '../../../cloudformation/check-references.ts';
import { parameterType } from '../../../cloudformation/parameter-types.ts';
import { bindParameters, chooseTexts } from '../../../cloudformation/parameters.ts';
import { requireKnownTypes } from '../../../cloudformation/resource-providers.ts';
import { readTemplate, type Template } from '../../../cloudformation/template.ts';
import { validationError } from '../../../cloudformation/validation-error.ts';
import type { World } from '../../../world/world.ts';
import { readStackTags } from '../stack-tags.ts';
import type { StackInstance, StackSetContent } from './stack-set-state.ts';

/**
 * Reads what the stacks of a StackSet are to be made from, as far as it can be known before there is a stack.
 *
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export function readContent(
  world: World,
  given: {
    readonly body: string;
    readonly parameters: readonly Parameter[] | undefined;
    readonly capabilities: readonly Capability[] | undefined;
    readonly tags: readonly Tag[] | undefined;
  },
  previous?: StackSetContent,
): StackSetContent {
  const template = readTemplate(given.body);
  checkReferences(world, template);
  requireKnownTypes(
    world,
    [...template.resources.values()].map(({ type }) => type),
  );
  const parameters = chooseTexts(template.parameters, given.parameters ?? [], previous?.parameters);
  checkTexts(template, parameters);
  const capabilities = given.capabilities ?? [];
  requireCapabilities(template, capabilities);
  return {
    body: given.body,
    template,
    parameters,
    capabilities,
    tags: given.tags === undefined ? (previous?.tags ?? {}) : readStackTags(given.tags),
  };
}

/** Checks constraints of the values that do not stand for something in each account's own Parameter Store. */
function checkTexts(template: Template, texts: ReadonlyMap<string, string>): void {
  const plain = [...template.parameters].filter(
    ([, { type }]) => parameterType(type)?.isStored !== true,
  );
  bindParameters(new Map(plain), texts, new Map());
}

/** Parameters as they are shown. */
export const describeParameters = (
  template: Template,
  texts: ReadonlyMap<string, string>,
): Parameter[] =>
  [...texts].map(([ParameterKey, text]) => ({
    ParameterKey,
    ParameterValue: template.parameters.get(ParameterKey)?.noEcho === true ? '****' : text,
    UsePreviousValue: false,
  }));

/**
 * The overrides of an instance after a request.
 *
 * @param given undefined leaves them as they are; a parameter that is not in the list goes back to the StackSet's value
 * @throws AwsError ValidationError
 */
export function readOverrides(
  content: StackSetContent,
  given: readonly Parameter[] | undefined,
  instance: Pick<StackInstance, 'overrides'> | undefined,
): ReadonlyMap<string, string> {
  if (given === undefined) return instance?.overrides ?? new Map<string, string>();
  const overrides = new Map<string, string>();
  for (const { ParameterKey: key = '', ParameterValue: value, UsePreviousValue } of given) {
    if (!content.parameters.has(key))
      throw validationError(`Parameters: [${key}] do not exist in the template`);
    if (UsePreviousValue === true) {
      const before = instance?.overrides.get(key);
      if (before !== undefined) overrides.set(key, before);
    } else overrides.set(key, value ?? '');
  }
  checkTexts(content.template, new Map([...content.parameters, ...overrides]));
  return overrides;
}

/** What the stack of an instance is given. */
export const stackParameters = (
  content: StackSetContent,
  { overrides }: Pick<StackInstance, 'overrides'>,
): Parameter[] =>
  [...content.parameters].map(([ParameterKey, text]) => ({
    ParameterKey,
    ParameterValue: overrides.get(ParameterKey) ?? text,
  }));
