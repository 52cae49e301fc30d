import type fc from 'fast-check';

/** A target that is ready. */
interface OpenTarget {
  /** What is thrown at it: text, whatever it stands for. */
  readonly cases: fc.Arbitrary<string>;
  /**
   * Runs one case.
   *
   * @returns what became of it, in a word or two: what the distribution counts
   * @throws Finding for what must not happen; any other error is a finding too
   */
  readonly run: (text: string) => Promise<string> | string;
  /** Makes things ready for the next case; its time is not the case's. */
  readonly prepare?: () => Promise<unknown>;
  readonly close?: () => Promise<void>;
}

/** Something that takes what others send. */
export interface Target {
  readonly name: string;
  /** How many of all cases it gets, in relation to the others. */
  readonly weight: number;
  readonly open: () => Promise<OpenTarget> | OpenTarget;
}
