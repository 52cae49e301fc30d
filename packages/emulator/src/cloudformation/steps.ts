import type { Scope } from '../world/scope.ts';

/** One piece of a stack operation, mostly the work on one resource. */
export interface Step {
  readonly id: string;
  /** Steps that have to succeed before; ids that are no step do not count. */
  readonly after: readonly string[];
  /** @returns whether it succeeded */
  readonly run: () => Promise<boolean>;
}

/**
 * Runs steps in order of dependency, side by side where they are independent, each as its own piece of work in virtual
 * time. Steps behind one that failed never start.
 *
 * @param options.mayStart asked before each start; once it says no, what runs is finished and nothing else is begun
 * @param options.done called once, when nothing runs and nothing can start any more
 */
export function runSteps(
  scope: Scope,
  steps: readonly Step[],
  options: {
    readonly label: string;
    readonly mayStart: () => boolean;
    readonly done: () => void;
  },
): void {
  const ids = new Set(steps.map(({ id }) => id));
  const succeeded = new Set<string>();
  const waiting = new Set(steps);
  let running = 0;
  const isReady = ({ after }: Step): boolean =>
    after.every((id) => succeeded.has(id) || !ids.has(id));
  const advance = (): void => {
    for (const step of [...waiting]) {
      if (!options.mayStart()) break;
      if (!isReady(step)) continue;
      waiting.delete(step);
      running += 1;
      scope.after(0, `${options.label}:${step.id}`, () => take(step));
    }
    if (running === 0) options.done();
  };
  const take = async (step: Step): Promise<void> => {
    // Another step may have failed at the same instant, after this one was called up.
    if (!options.mayStart()) waiting.add(step);
    else if (await step.run()) succeeded.add(step.id);
    running -= 1;
    advance();
  };
  scope.after(0, options.label, advance);
}
