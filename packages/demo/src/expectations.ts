/** One thing that the story promises, and whether it held. */
export interface Expectation {
  readonly chapter: string;
  readonly promise: string;
  readonly held: boolean;
  /** What was seen, when it was not what was promised. */
  readonly seen?: string;
}

/** Collects what held and what did not; a broken promise does not end the story, so that all of them show. */
export class Expectations {
  readonly all: Expectation[] = [];
  #chapter = '';

  chapter(title: string): void {
    this.#chapter = title;
  }

  /** Notes whether `seen` equals `wanted`, compared as JSON. */
  equal(promise: string, seen: unknown, wanted: unknown): Expectation {
    const held = JSON.stringify(seen) === JSON.stringify(wanted);
    return this.#note(
      promise,
      held,
      `${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`,
    );
  }

  /** Notes whether some text matches. */
  matches(promise: string, seen: string | undefined, pattern: RegExp): Expectation {
    return this.#note(
      promise,
      seen !== undefined && pattern.test(seen),
      `${seen ?? 'nothing'} does not match ${String(pattern)}`,
    );
  }

  get broken(): readonly Expectation[] {
    return this.all.filter(({ held }) => !held);
  }

  #note(promise: string, held: boolean, seen: string): Expectation {
    const expectation = { chapter: this.#chapter, promise, held, ...(held ? {} : { seen }) };
    this.all.push(expectation);
    return expectation;
  }
}
