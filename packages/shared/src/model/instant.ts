/** One moment, in the two notations that AWS and people need. */
export interface Instant {
  /** ISO 8601 UTC in whole milliseconds. */
  iso: string;
  epochSeconds: number;
}
