import type { Scope } from '../../world/scope.ts';
import { instanceChanges } from '../ec2/instance-changes.ts';
import type { Instance } from '../ec2/state.ts';
import { startAgent } from './agent.ts';
import { disconnectAgent } from './agent-connection.ts';
import { registrationOf, removeRegistration } from './registrations.ts';
import { ecsState } from './state.ts';

// AWS states no durations: the agent's connection ends when its instance goes down, and ECS hears from EC2 of instances
// that are terminated.
const disconnectMsMin = 1_000;
const disconnectMsMax = 5_000;
const removeMsMin = 5_000;
const removeMsMax = 40_000;

/** Agents come and go with their instances. */
export function followInstances(root: Scope): void {
  instanceChanges.follow(root, (place, instance) => {
    const scope = place.at({ service: 'ecs' });
    if (instance.state === 'running') startAgent(scope, instance);
    if (instance.state === 'shutting-down') goDown(scope, instance);
    if (instance.state === 'terminated') goAway(scope, instance);
  });
}

function goDown(scope: Scope, { id }: Instance): void {
  ecsState.in(scope).waitingAgents.delete(id);
  if (!registrationOf(scope, id)) return;
  scope.after(
    scope.between('disconnect', disconnectMsMin, disconnectMsMax),
    `disconnect ${id}`,
    () => {
      disconnectAgent(scope, id);
    },
  );
}

/** Source: ECS Developer Guide, "Deregistering an EC2 backed container instance": a terminated one is deregistered */
function goAway(scope: Scope, { id }: Instance): void {
  const { waitingAgents, leaving } = ecsState.in(scope);
  waitingAgents.delete(id);
  leaving.delete(id);
  if (!registrationOf(scope, id)) return;
  scope.after(scope.between('deregister', removeMsMin, removeMsMax), `deregister ${id}`, () => {
    const found = registrationOf(scope, id);
    if (found) removeRegistration(scope, found, `Host EC2 (instance ${id}) terminated.`);
  });
}
