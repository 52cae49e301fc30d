import { removalSteps, type Removal } from './remove-resources.ts';
import { failedTo, startDelayMs } from './run-failure.ts';
import { setStackStatus, type StackRun } from './stack-run.ts';
import { importersOf } from './stack-state.ts';
import { runSteps } from './steps.ts';

/**
 * Deletes a stack with its resources, from now on in virtual time. A stack whose resources are still being made for
 * the first time finishes what it has begun, and is deleted then.
 *
 * @param retain logical ids of resources to leave where they are
 */
export function startDeletion(run: StackRun, retain: readonly string[] = []): void {
  const { stack, scope } = run;
  setStackStatus(run, 'DELETE_IN_PROGRESS', 'User Initiated');
  const begin = (): void => {
    const inUse = usedExport(run);
    if (inUse === undefined) removeEverything(run, retain);
    else setStackStatus(run, 'DELETE_FAILED', inUse);
  };
  if (stack.breakOff) stack.breakOff(begin);
  else scope.after(startDelayMs, `delete ${stack.name}`, begin);
}

function usedExport({ scope, stack }: StackRun): string | undefined {
  for (const { exportName } of stack.outputs) {
    const user = exportName === undefined ? undefined : importersOf(scope, exportName)[0];
    if (user && exportName !== undefined)
      return `Export ${exportName} cannot be deleted as it is in use by ${user.name}`;
  }
  return undefined;
}

function removeEverything(run: StackRun, retain: readonly string[]): void {
  const { stack, scope } = run;
  const resources = [...stack.resources.values()].filter(
    ({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED',
  );
  const removal: Removal = {
    run,
    failed: [],
    isKept: (resource) =>
      resource.deletionPolicy !== 'Delete' || retain.includes(resource.logicalId),
    onState: (resource) => {
      const isCurrent = stack.resources.get(resource.logicalId)?.physicalId === resource.physicalId;
      if (isCurrent) stack.resources.set(resource.logicalId, resource);
    },
  };
  runSteps(scope, removalSteps(removal, [...stack.leftovers, ...resources]), {
    label: `delete ${stack.name}`,
    mayStart: () => true,
    done: () => {
      if (removal.failed.length > 0)
        setStackStatus(run, 'DELETE_FAILED', failedTo('delete', removal.failed));
      else {
        stack.deletedAt = scope.date;
        stack.leftovers = [];
        setStackStatus(run, 'DELETE_COMPLETE');
      }
    },
  });
}
