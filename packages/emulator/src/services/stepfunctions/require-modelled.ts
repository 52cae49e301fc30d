import { AwsError } from '../../world/aws-error.ts';
import type { World } from '../../world/world.ts';
import type { Definition } from './asl/definition.ts';
import { parseDefinition } from './asl/parse-definition.ts';
import { Problems } from './asl/problems.ts';
import { checkServiceArguments } from './integrations/check-arguments.ts';

/**
 * A definition that this emulator can carry out.
 *
 * @throws AwsError InvalidDefinition
 */
export function requireDefinition(world: World, text: string | undefined): Definition {
  const definition = parseDefinition(text ?? '');
  requireModelled(definition);
  const problems = new Problems();
  checkServiceArguments(world, definition, problems);
  problems.throwIfAny();
  return definition;
}

/** What the language knows and the engine does not carry out. */
function requireModelled(definition: Definition): void {
  for (const state of definition.States.values()) {
    const refuse = (what: string): never => {
      throw new AwsError(
        'InvalidDefinition',
        `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${what} is not modelled by this emulator at /States/${state.Name}'`,
      );
    };
    // Only activities and task tokens send heartbeats.
    if (state.Type === 'Task' && state.HeartbeatSeconds !== undefined) refuse('HeartbeatSeconds');
    if (state.Type !== 'Map') continue;
    if (state.ItemProcessor.ExecutionType === 'EXPRESS') refuse('ExecutionType EXPRESS');
    requireModelled(state.ItemProcessor.definition);
  }
}
