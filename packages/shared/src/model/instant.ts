/** One moment, in the two notations that AWS and people need. */
export interface Instant {
  /** ISO 8601 UTC in whole milliseconds. */
  iso: string;
  epochSeconds: number;
}

/** Whole seconds from a recorded moment (ISO 8601 UTC, milliseconds) to now, never negative. */
export const secondsSince = (iso: string, now: Instant): number =>
  // eslint-disable-next-line no-restricted-globals -- reads a text, never the clock
  Math.max(0, now.epochSeconds - Math.floor(Date.parse(iso) / 1000));
