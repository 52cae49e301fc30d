import type { World } from '../../../world/world.ts';
import type { Definition, TaskState } from '../asl/definition.ts';
import { isJsonObject } from '../asl/json-kinds.ts';
import type { Problems } from '../asl/problems.ts';
import { findResource, operationOf } from './resources.ts';

/**
 * Reports arguments that the called operation does not have, and required ones that are missing: a machine with them is not
 * made. What an expression makes is seen when the task begins. `lambda:invoke` is checked with the definition itself.
 */
export function checkServiceArguments(
  world: World,
  definition: Definition,
  problems: Problems,
  path = '/States',
): void {
  for (const state of definition.States.values()) {
    const location = `${path}/${state.Name}`;
    if (state.Type === 'Task') checkTask(world, state, problems, `${location}/Arguments`);
    if (state.Type === 'Map')
      checkServiceArguments(
        world,
        state.ItemProcessor.definition,
        problems,
        `${location}/ItemProcessor/States`,
      );
  }
}

function checkTask(
  world: World,
  { Resource, Arguments = {} }: TaskState,
  problems: Problems,
  location: string,
): void {
  const resource = findResource(Resource);
  if (!resource || resource.service === 'lambda' || !isJsonObject(Arguments)) return;
  const called = world.services.find(({ name }) => name === resource.service);
  const input = called?.model.operations.get(operationOf(resource))?.input;
  if (input?.kind !== 'structure') return;
  for (const name of Object.keys(Arguments))
    if (!input.byName.has(name))
      problems.schema(`The field '${name}' is not supported by Step Functions`, location);
  for (const { name, required } of input.members)
    if (required && !Object.hasOwn(Arguments, name))
      problems.schema(`The field '${name}' is required but was missing`, location);
}
