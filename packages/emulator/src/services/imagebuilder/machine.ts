import type { Instance } from '../ec2/state.ts';
import type { Build } from './build-context.ts';
import type { BuildLog } from './build-log.ts';

/** Where components run: one instance of a build, with its log. */
export interface Machine {
  readonly build: Build;
  readonly instance: Instance;
  readonly log: BuildLog;
  readonly executionId: string;
  /** Milliseconds since 1970; steps that end later end the stage. */
  readonly deadline: number;
}

/** What came of an action; `seconds` of virtual time are still to pass. */
export interface ActionResult {
  readonly outcome: 'done' | 'failed' | 'reboot-and-repeat' | 'reboot-and-continue';
  readonly message: string;
  readonly seconds: number;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Text as one word of bash. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
