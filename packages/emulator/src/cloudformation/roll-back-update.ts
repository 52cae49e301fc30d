import type { Application, Undo } from './apply-content.ts';
import { modify, updateSeconds } from './make-resource.ts';
import { removalSteps, type Removal } from './remove-resources.ts';
import { failedTo } from './run-failure.ts';
import { reasonOf, setResource, setStackStatus } from './stack-run.ts';
import type { StackContent, StackResource } from './stack-state.ts';
import { runSteps, type Step } from './steps.ts';

interface Rollback {
  readonly application: Application;
  readonly previous: StackContent;
  /** What the failed update made and nobody needs any more. */
  readonly unwanted: StackResource[];
  readonly failed: string[];
}

/** Puts a stack back to its content before an update that failed. */
export function startUpdateRollback(
  application: Application,
  previous: StackContent,
  reason: string,
): void {
  const { run, undo } = application;
  const { stack, scope } = run;
  stack.content = previous;
  stack.updatedAt = scope.date;
  setStackStatus(run, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
  const rollback: Rollback = { application, previous, unwanted: [], failed: [] };
  const steps = [...undo].map(([logicalId, done]): Step => ({
    id: logicalId,
    after: done.action === 'create' ? [] : done.before.dependencies,
    run: () => putBack(rollback, logicalId, done),
  }));
  runSteps(scope, steps, {
    label: `roll back ${stack.name}`,
    mayStart: () => true,
    done: () => {
      if (rollback.failed.length > 0)
        setStackStatus(run, 'UPDATE_ROLLBACK_FAILED', failedTo('update', rollback.failed));
      else startCleanUp(rollback);
    },
  });
}

async function putBack(rollback: Rollback, logicalId: string, undo: Undo): Promise<boolean> {
  const { application, unwanted } = rollback;
  const { run } = application;
  const current = run.stack.resources.get(logicalId);
  switch (undo.action) {
    case 'create':
      if (current) unwanted.push(current);
      return true;
    case 'update':
      return updateBack(rollback, undo);
    case 'replace':
      if (current) unwanted.push(current);
      setResource(run, { ...undo.before, status: 'UPDATE_COMPLETE', statusReason: undefined });
      return true;
    case 'restore':
      setResource(run, { ...undo.before, status: 'UPDATE_COMPLETE', statusReason: undefined });
      return true;
    default:
      return undo satisfies never;
  }
}

async function updateBack(
  { application, previous, failed }: Rollback,
  { before, attempted }: Extract<Undo, { action: 'update' }>,
): Promise<boolean> {
  const { run } = application;
  const { scope } = run;
  setResource(run, { ...before, status: 'UPDATE_IN_PROGRESS', statusReason: undefined });
  try {
    const asAttempted = { ...before, properties: attempted };
    const made = await modify(run, asAttempted, before.properties, {
      now: previous.tags,
      before: application.content.tags,
    });
    await scope.world.scheduler.sleep(updateSeconds * 1000);
    setResource(run, {
      ...before,
      ...made,
      status: 'UPDATE_COMPLETE',
      statusReason: undefined,
    });
    return true;
  } catch (error) {
    failed.push(before.logicalId);
    const statusReason = reasonOf(scope, before.logicalId, error);
    setResource(run, { ...before, status: 'UPDATE_FAILED', statusReason });
    return false;
  }
}

function startCleanUp({ application, unwanted }: Rollback): void {
  const { run } = application;
  const { stack, scope } = run;
  setStackStatus(run, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  const removal: Removal = {
    run,
    failed: [],
    isKept: ({ deletionPolicy }) => deletionPolicy === 'Retain' && !stack.retainExceptOnCreate,
    onState: (state) => {
      const current = stack.resources.get(state.logicalId);
      if (current?.physicalId !== state.physicalId) return;
      const isGone = state.status === 'DELETE_COMPLETE' || state.status === 'DELETE_SKIPPED';
      if (isGone) stack.resources.delete(state.logicalId);
      else stack.resources.set(state.logicalId, state);
    },
  };
  runSteps(scope, removalSteps(removal, unwanted), {
    label: `clean up ${stack.name}`,
    mayStart: () => true,
    done: () => {
      setStackStatus(
        run,
        'UPDATE_ROLLBACK_COMPLETE',
        removal.failed.length > 0 ? failedTo('delete', removal.failed) : undefined,
      );
    },
  });
}
