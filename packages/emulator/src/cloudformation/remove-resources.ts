import { deleteSeconds } from './make-resource.ts';
import { providerOf } from './resource-providers.ts';
import { deploymentOf, noteResource, reasonOf, whenReady, type StackRun } from './stack-run.ts';
import type { StackResource } from './stack-state.ts';
import type { Step } from './steps.ts';

/** The work of deleting some of a stack's resources. */
export interface Removal {
  readonly run: StackRun;
  /** Logical ids of what could not be deleted. */
  readonly failed: string[];
  readonly isKept: (resource: StackResource) => boolean;
  /** Told of each state that a resource comes to. */
  readonly onState: (resource: StackResource) => void;
}

const stepId = ({ logicalId, physicalId = '' }: StackResource): string =>
  `${logicalId} ${physicalId}`;

/** The steps that delete resources, each one after those that depend on it. */
export function removalSteps(
  removal: Removal,
  resources: readonly StackResource[],
): readonly Step[] {
  return resources.toReversed().map((resource) => ({
    id: stepId(resource),
    after: resources
      .filter(({ dependencies }) => dependencies.includes(resource.logicalId))
      .map(stepId),
    run: () => remove(removal, resource),
  }));
}

async function remove(removal: Removal, resource: StackResource): Promise<boolean> {
  const { run, failed } = removal;
  const { physicalId } = resource;
  const note = (status: StackResource['status'], statusReason?: string): void => {
    const noted = { ...resource, status, statusReason, changedAt: run.scope.date };
    removal.onState(noted);
    noteResource(run, noted);
  };
  if (physicalId === undefined) {
    note('DELETE_COMPLETE');
    return true;
  }
  if (removal.isKept(resource)) {
    note('DELETE_SKIPPED');
    return true;
  }
  note('DELETE_IN_PROGRESS');
  const { world } = run.scope;
  const provider = providerOf(world, resource.type);
  const deployment = deploymentOf(run, resource.logicalId, run.stack.content?.tags ?? {});
  try {
    await whenReady(run.scope, () =>
      provider.delete(physicalId, deployment, { properties: resource.properties }),
    );
  } catch (error) {
    failed.push(resource.logicalId);
    note('DELETE_FAILED', reasonOf(run.scope, resource.logicalId, error));
    return false;
  }
  await world.scheduler.sleep(deleteSeconds * 1000);
  note('DELETE_COMPLETE');
  return true;
}
