import { AsyncLocalStorage } from 'node:async_hooks';
import type { InProcessHandler } from '../wire/in-process-handler.ts';

/** What `setTimeout` returns inside a function. */
export interface VirtualTimer {
  /** Marks it as ours among the host's timers. */
  readonly isVirtual: true;
  ref(): VirtualTimer;
  unref(): VirtualTimer;
  hasRef(): boolean;
  refresh(): VirtualTimer;
  close(): VirtualTimer;
  [Symbol.dispose](): void;
}

/** What code that runs inside a function sees of its execution environment, by way of the patched globals. */
export interface RunningEnvironment {
  /** `process.env` of the function. */
  readonly variables: Record<string, string | undefined>;
  /** How SDK clients that the function makes reach AWS. */
  readonly requestHandler: InProcessHandler;
  /** Milliseconds since 1970, virtual. */
  now(): number;
  /** A number in [0, 1) that follows from the seed. */
  chance(): number;
  /** Bytes that follow from the seed. */
  bytes(count: number): Uint8Array;
  /** @param repeat whether it runs again and again */
  setTimer(run: () => void, delayMs: number, repeat: boolean): VirtualTimer;
  /** A promise of the function was rejected and nobody looked. */
  unhandledRejection(reason: unknown): void;
}

/** The execution environment whose code runs at the moment; none while the emulator itself works. */
export const currentEnvironment = new AsyncLocalStorage<RunningEnvironment | undefined>();
