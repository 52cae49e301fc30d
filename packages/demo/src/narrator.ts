/** Where the story is told: a terminal, a log, nowhere. */
export interface Narrator {
  chapter(title: string): void;
  say(sentence: string): void;
  /** How far something is, for a bar; 0 of 0 ends it. */
  progress(done: number, total: number): void;
  /** Whether what ECS and the alarms of customers say is shown. */
  fleet(isShown: boolean): void;
  /** Called after each promise was checked. */
  checked(): void;
}

export const silent: Narrator = {
  chapter: () => undefined,
  say: () => undefined,
  progress: () => undefined,
  fleet: () => undefined,
  checked: () => undefined,
};
