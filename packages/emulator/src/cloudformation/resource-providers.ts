import type { World } from '../world/world.ts';
import type { ResourceProvider } from './provider.ts';
import { validationError } from './validation-error.ts';

const providersByWorld = new WeakMap<World, ReadonlyMap<string, ResourceProvider>>();

/** The resource types that the services of a world bring along. */
export function resourceProviders(world: World): ReadonlyMap<string, ResourceProvider> {
  const known = providersByWorld.get(world);
  if (known) return known;
  const providers = new Map(
    world.services
      .flatMap((service) => service.resources ?? [])
      .map((provider) => [provider.type, provider]),
  );
  providersByWorld.set(world, providers);
  return providers;
}

/** @throws TypeError for a type that no service has; templates with such types are refused before */
export function providerOf(world: World, type: string): ResourceProvider {
  const provider = resourceProviders(world).get(type);
  if (!provider) throw new TypeError(`no service of this emulator makes ${type}`);
  return provider;
}

/** @throws AwsError ValidationError for types that this emulator cannot make */
export function requireKnownTypes(world: World, types: readonly string[]): void {
  if (types.includes('AWS::CloudFormation::Stack'))
    throw validationError('nested stacks are not modelled by this emulator');
  const custom = types.find(
    (type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource',
  );
  if (custom !== undefined)
    throw validationError(`custom resources (${custom}) are not modelled by this emulator`);
  const strange = types.filter((type) => !resourceProviders(world).has(type));
  if (strange.length > 0)
    throw validationError(
      `Template format error: Unrecognized resource types: [${[...new Set(strange)].join(', ')}]`,
    );
}
