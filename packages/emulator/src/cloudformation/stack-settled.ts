import type { Stack } from './stack-state.ts';

const followers = new WeakMap<Stack, (() => void)[]>();

/** Whether anything goes on in a stack. */
export const isInProgress = ({ status }: Pick<Stack, 'status'>): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';

/** Runs once the operation that goes on in a stack has come to its end. */
export function whenSettled(stack: Stack, run: () => void): void {
  if (!isInProgress(stack)) {
    run();
    return;
  }
  const waiting = followers.get(stack);
  if (waiting) waiting.push(run);
  else followers.set(stack, [run]);
}

/** To be called with every new status of a stack. */
export function noteStatus(stack: Stack): void {
  if (isInProgress(stack)) return;
  const waiting = followers.get(stack) ?? [];
  followers.delete(stack);
  for (const run of waiting) run();
}
