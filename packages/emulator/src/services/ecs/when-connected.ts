import type { Scope } from '../../world/scope.ts';
import type { ContainerInstance } from './state.ts';

/**
 * Does something with the agent of an instance: at once, or when the agent is back from one of its short absences. With an
 * agent that is gone for good nothing is done.
 */
export function whenConnected(
  scope: Scope,
  instance: ContainerInstance,
  label: string,
  run: () => unknown,
): unknown {
  if (instance.agentConnected) return run();
  if (instance.backAt === undefined) return undefined;
  scope.after(instance.backAt - scope.now, label, () => whenConnected(scope, instance, label, run));
  return undefined;
}
