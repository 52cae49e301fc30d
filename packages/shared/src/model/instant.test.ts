import { describe, expect, it } from '@jest/globals';
import { secondsSince } from './instant.ts';
import { anInstant } from './rollout-builders.ts';

describe('secondsSince', () => {
  it.each([
    ['the same second', '2026-11-21T12:00:00.000Z', 0],
    ['a minute before', '2026-11-21T11:59:00.000Z', 60],
    ['a moment before, in the second before', '2026-11-21T11:59:59.999Z', 1],
    ['a day before', '2026-11-20T12:00:00.000Z', 86_400],
    ['a moment of another clock that is ahead', '2026-11-21T12:00:05.000Z', 0],
  ])('counts whole seconds from %s', (_, iso, seconds) => {
    expect(secondsSince(iso, anInstant())).toBe(seconds);
  });
});
