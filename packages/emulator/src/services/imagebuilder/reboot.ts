import { rebootSystem } from '../ec2/instances.ts';
import { pauseBetween } from './build-context.ts';
import { executionFailed } from './build-failure.ts';
import type { Machine } from './machine.ts';

const rebootMs = [40_000, 90_000] as const;

/** @throws BuildFailure when the instance is not there any more */
export async function reboot(machine: Machine): Promise<void> {
  const { build, instance, executionId } = machine;
  await pauseBetween(build, 'reboot', rebootMs);
  if (!(await rebootSystem(build.scope, instance)))
    throw executionFailed(build.image, executionId, {
      message: `The instance ${instance.id} is ${instance.state}`,
    });
}
