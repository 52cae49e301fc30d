import { applicationSteps, startApplication, type Application } from './apply-content.ts';
import { removalSteps, type Removal } from './remove-resources.ts';
import { startUpdateRollback } from './roll-back-update.ts';
import { conclude, startDelayMs } from './run-failure.ts';
import { setStackStatus, type StackRun } from './stack-run.ts';
import type { StackContent, StackResource } from './stack-state.ts';
import { runSteps } from './steps.ts';

/**
 * Brings a stack to a new content, from now on in virtual time; puts the old one back when that fails.
 *
 * @param options.onEnd told once whether the new content came into force
 */
export function startUpdate(
  run: StackRun,
  content: StackContent,
  options: {
    readonly disableRollback: boolean;
    readonly onEnd?: (succeeded: boolean) => void;
  },
): void {
  const { stack, scope } = run;
  const { disableRollback, onEnd = () => undefined } = options;
  const previous = stack.content;
  if (!previous) throw new TypeError(`the stack ${stack.name} was never created`);
  stack.content = content;
  stack.updatedAt = scope.date;
  setStackStatus(run, 'UPDATE_IN_PROGRESS', 'User Initiated');
  const application = startApplication(run, content, {
    previousTags: previous.tags,
    cancelsOnFailure: !disableRollback,
  });
  const done = (): void => {
    const reason = conclude(application);
    if (reason === undefined) startCleanUp(application);
    else if (disableRollback) {
      stack.leftovers = [...stack.leftovers, ...application.replaced];
      setStackStatus(run, 'UPDATE_FAILED', reason);
    } else startUpdateRollback(application, previous, reason);
    onEnd(reason === undefined);
  };
  scope.after(startDelayMs, `update ${stack.name}`, () => {
    runSteps(scope, applicationSteps(application), {
      label: `update ${stack.name}`,
      mayStart: () => !application.stopped,
      done,
    });
  });
}

/** Deletes what the new content does not have any more. */
function startCleanUp({ run, content, replaced }: Application): void {
  const { stack, scope } = run;
  setStackStatus(run, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  const kept = new Set(content.prepared.resources.map(({ logicalId }) => logicalId));
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !kept.has(logicalId));
  const old = [...stack.leftovers, ...replaced];
  const isGone = ({ status }: StackResource): boolean =>
    status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED';
  const removal: Removal = {
    run,
    failed: [],
    isKept: (resource) =>
      old.includes(resource)
        ? resource.updateReplacePolicy === 'Retain'
        : resource.deletionPolicy !== 'Delete',
    onState: (state) => {
      stack.leftovers = stack.leftovers.filter((left) => !isSame(left, state) || !isGone(state));
      if (kept.has(state.logicalId)) return;
      if (isGone(state)) stack.resources.delete(state.logicalId);
      else stack.resources.set(state.logicalId, state);
    },
  };
  stack.leftovers = old;
  runSteps(scope, removalSteps(removal, [...removed, ...old]), {
    label: `clean up ${stack.name}`,
    mayStart: () => true,
    done: () => {
      setStackStatus(
        run,
        'UPDATE_COMPLETE',
        removal.failed.length > 0
          ? 'Update successful. One or more resources could not be deleted.'
          : undefined,
      );
    },
  });
}

const isSame = (left: StackResource, right: StackResource): boolean =>
  left.logicalId === right.logicalId && left.physicalId === right.physicalId;
