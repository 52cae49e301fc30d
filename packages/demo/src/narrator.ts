/** Where the story is told: a terminal, a log, nowhere. */
export interface Narrator {
  chapter(title: string): void;
  say(sentence: string): void;
  /** Called after each promise was checked. */
  checked(): void;
}
