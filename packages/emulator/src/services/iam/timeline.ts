/** A value whose changes take a while to count: IAM's own reads show the newest, the evaluator asks for the one of an instant. */
export class Timeline<T> {
  #steps: readonly { readonly from: number; readonly value: T }[];

  /** @param initial what counts before the first change does */
  constructor(initial: T) {
    this.#steps = [{ from: Number.NEGATIVE_INFINITY, value: initial }];
  }

  /** @param from milliseconds since 1970, never earlier than in the call before */
  set(value: T, from: number): void {
    this.#steps = [...this.#steps, { from, value }];
  }

  /** @param now never earlier than in the call before; what can no longer be asked for is forgotten */
  at(now: number): T {
    const current = this.#steps.findLastIndex(({ from }) => from <= now);
    if (current > 0) this.#steps = this.#steps.slice(current);
    const step = this.#steps[0];
    if (!step) throw new TypeError('a timeline has at least one step');
    return step.value;
  }
}
