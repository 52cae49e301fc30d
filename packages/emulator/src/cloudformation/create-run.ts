import { applicationSteps, startApplication } from './apply-content.ts';
import { removalSteps, type Removal } from './remove-resources.ts';
import { conclude, failedTo, startDelayMs } from './run-failure.ts';
import { setStackStatus, type StackRun } from './stack-run.ts';
import type { StackContent } from './stack-state.ts';
import { runSteps } from './steps.ts';

/**
 * Makes the resources of a new stack, from now on in virtual time.
 *
 * @param onEnd told once whether the stack came to be
 */
export function startCreation(
  run: StackRun,
  content: StackContent,
  onEnd: (succeeded: boolean) => void = () => undefined,
): void {
  const { stack, scope } = run;
  stack.content = content;
  setStackStatus(run, 'CREATE_IN_PROGRESS', 'User Initiated');
  const application = startApplication(run, content, {
    previousTags: content.tags,
    cancelsOnFailure: stack.onFailure !== 'DO_NOTHING',
  });
  let instead: (() => void) | undefined;
  stack.breakOff = (then) => {
    application.stopped = true;
    instead = then;
  };
  const done = (): void => {
    stack.breakOff = undefined;
    if (instead) {
      instead();
      onEnd(false);
      return;
    }
    const reason = conclude(application);
    if (reason === undefined) setStackStatus(run, 'CREATE_COMPLETE');
    else endFailedCreation(run, reason);
    onEnd(reason === undefined);
  };
  scope.after(startDelayMs, `create ${stack.name}`, () => {
    runSteps(scope, applicationSteps(application), {
      label: `create ${stack.name}`,
      mayStart: () => !application.stopped,
      done,
    });
  });
}

function endFailedCreation(run: StackRun, reason: string): void {
  const { stack } = run;
  switch (stack.onFailure) {
    case 'DO_NOTHING':
      setStackStatus(run, 'CREATE_FAILED', reason);
      return;
    case 'ROLLBACK':
      setStackStatus(run, 'ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
      removeAll(run, { complete: 'ROLLBACK_COMPLETE', failed: 'ROLLBACK_FAILED' });
      return;
    case 'DELETE':
      setStackStatus(run, 'DELETE_IN_PROGRESS', `${reason}Delete requested by user.`);
      removeAll(run, { complete: 'DELETE_COMPLETE', failed: 'DELETE_FAILED' });
      return;
    default:
      stack.onFailure satisfies never;
  }
}

function removeAll(
  run: StackRun,
  statuses:
    | { readonly complete: 'ROLLBACK_COMPLETE'; readonly failed: 'ROLLBACK_FAILED' }
    | { readonly complete: 'DELETE_COMPLETE'; readonly failed: 'DELETE_FAILED' },
): void {
  const { scope, stack } = run;
  const removal: Removal = {
    run,
    failed: [],
    isKept: ({ deletionPolicy }) => deletionPolicy === 'Retain' && !stack.retainExceptOnCreate,
    onState: (resource) => stack.resources.set(resource.logicalId, resource),
  };
  runSteps(scope, removalSteps(removal, [...stack.resources.values()]), {
    label: `roll back ${stack.name}`,
    mayStart: () => true,
    done: () => {
      if (removal.failed.length > 0)
        setStackStatus(run, statuses.failed, failedTo('delete', removal.failed));
      else {
        if (statuses.complete === 'DELETE_COMPLETE') stack.deletedAt = scope.date;
        setStackStatus(run, statuses.complete);
      }
    },
  });
}
