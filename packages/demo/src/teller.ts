import type { Expectation, Expectations } from './expectations.ts';
import type { Narrator } from './narrator.ts';
import { tableLines } from './table.ts';

/** Tells the story and notes what it promises. */
export class Teller {
  readonly #expect: Expectations;
  readonly #narrator: Narrator;

  constructor(expect: Expectations, narrator: Narrator) {
    this.#expect = expect;
    this.#narrator = narrator;
  }

  chapter(title: string): void {
    this.#expect.chapter(title);
    this.#narrator.progress(0, 0);
    this.#narrator.fleet(false);
    this.#narrator.chapter(title);
  }

  say(sentence: string): void {
    this.#narrator.say(sentence);
  }

  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    for (const line of tableLines(header, rows)) this.#narrator.say(line);
  }

  /** From now on, or no more, what ECS and the alarms of customers say is worth a headline. */
  fleet(isShown: boolean): void {
    this.#narrator.fleet(isShown);
  }

  progress(done: number, total: number): void {
    this.#narrator.progress(done, total);
  }

  /** Promises that two values are equal, compared as JSON. */
  equal(promise: string, seen: unknown, wanted: unknown): Expectation {
    const expectation = this.#expect.equal(promise, seen, wanted);
    this.#narrator.checked();
    return expectation;
  }

  /** Promises that some text matches. */
  matches(promise: string, seen: string | undefined, pattern: RegExp): Expectation {
    const expectation = this.#expect.matches(promise, seen, pattern);
    this.#narrator.checked();
    return expectation;
  }
}
