import type { RunResult } from './simulate.ts';

/** How often each thing has occurred over many runs. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  take({ verdict, strikes, deeds, ends, eventsLost }: RunResult): void {
    this.#add(`run ${verdict.kind}`);
    if (verdict.kind === 'explained')
      for (const reason of verdict.reasons) this.#add(`explained by ${reason}`);
    for (const { kind, isOutage } of strikes)
      this.#add(`call ${isOutage ? 'outage, ' : ''}${kind}`);
    for (const { kind, result } of deeds)
      this.#add(`act ${kind}${result === 'done' ? '' : `, ${result}`}`);
    for (const end of ends) this.#add(`image ${end}`);
    if (eventsLost > 0) this.#add('event lost', eventsLost);
  }

  /** `<count>  <what>`, by name. */
  get lines(): readonly string[] {
    return [...this.#counts]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, count]) => `${String(count).padStart(8)}  ${name}`);
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  #add(name: string, count = 1): void {
    this.#counts.set(name, this.count(name) + count);
  }
}
