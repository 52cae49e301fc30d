import type { Instant } from '../model/instant.ts';

export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = {
  now: () => {
    const now = new Date();
    return { iso: now.toISOString(), epochSeconds: Math.floor(now.getTime() / 1000) };
  },
};
