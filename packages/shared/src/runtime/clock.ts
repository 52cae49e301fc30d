import type { Instant } from '../model/instant.ts';

export interface Clock {
  now(): Instant;
  /** Waits within an invocation, for seconds at most: whoever waits longer is asked again. */
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => {
    const now = new Date();
    return { iso: now.toISOString(), epochSeconds: Math.floor(now.getTime() / 1000) };
  },
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    }),
};
