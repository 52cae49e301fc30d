import { ResourceFailure, deploymentOf, whenReady, type StackRun } from './stack-run.ts';
import { PropertyError } from './to-service-input.ts';
import type { Properties, Provisioned, ResourceProvider } from './provider.ts';
import { providerOf } from './resource-providers.ts';
import type { StackResource, Tags } from './stack-state.ts';

/** Virtual seconds that a change in place or a deletion takes; AWS names none. */
export const updateSeconds = 1;
export const deleteSeconds = 1;
const createSecondsDefault = 1;

export const secondsToCreate = (provider: ResourceProvider): number =>
  provider.createSeconds ?? createSecondsDefault;

/** @throws PropertyError for a property that the type does not have, or that it needs and is not given */
function checkProperties(provider: ResourceProvider, properties: Properties): void {
  const strange = Object.keys(properties).find((name) => !provider.properties.includes(name));
  if (strange !== undefined)
    throw new PropertyError('', `extraneous key [${strange}] is not permitted`);
  const missing = provider.required.find((name) => properties[name] === undefined);
  if (missing !== undefined) throw new PropertyError('', `required key [${missing}] not found`);
}

/** Makes a resource, without noting it. */
export async function provision(
  run: StackRun,
  resource: { readonly logicalId: string; readonly type: string },
  properties: Properties,
  stackTags: Tags,
): Promise<Provisioned> {
  const provider = providerOf(run.scope.world, resource.type);
  checkProperties(provider, properties);
  const deployment = deploymentOf(run, resource.logicalId, stackTags);
  return whenReady(run.scope, () => provider.create(properties, deployment));
}

/** Changes a resource in place, without noting it. */
export async function modify(
  run: StackRun,
  before: StackResource,
  properties: Properties,
  tags: { readonly now: Tags; readonly before: Tags },
): Promise<Provisioned> {
  const provider = providerOf(run.scope.world, before.type);
  checkProperties(provider, properties);
  const unmodelled = new ResourceFailure(
    `an update of ${before.type} is not modelled by this emulator`,
  );
  const { physicalId } = before;
  if (physicalId === undefined) throw unmodelled;
  const deployment = deploymentOf(run, before.logicalId, tags.now, tags.before);
  const existing = { physicalId, previous: before.properties };
  return whenReady(run.scope, async () => {
    const made = await provider.update?.(properties, deployment, existing);
    if (!made) throw unmodelled;
    return made;
  });
}

/**
 * A resource that carries a name of the template's own cannot be there twice, so it cannot be replaced.
 *
 * @throws ResourceFailure
 */
export function refuseCustomName(
  provider: ResourceProvider,
  before: StackResource,
  properties: Properties,
): void {
  const isCustomNamed = provider.createOnly.some((name) => {
    const value = properties[name];
    return (
      name.endsWith('Name') &&
      typeof value === 'string' &&
      value === before.properties[name] &&
      (value === before.physicalId || value === shortId(before))
    );
  });
  if (isCustomNamed) throw customNamed(before);
}

export const customNamed = (before: StackResource): ResourceFailure =>
  new ResourceFailure(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${shortId(before)} and update the stack again.`,
  );

const shortId = ({ physicalId = '' }: StackResource): string =>
  physicalId.split(/[/:]/).at(-1) ?? '';
