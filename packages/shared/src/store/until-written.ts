import { GoldenError } from '../model/golden-error.ts';

/** Few write the same item, and each lost race means that one of them is done. */
const racesMax = 10;

/**
 * Reads, decides and writes until the write found what was read: a lost race is a normal result, and what it left is decided
 * upon anew.
 *
 * @param what the item, for people
 * @param attempt gives `stale` when somebody else was first
 * @throws GoldenError `races-lost`, retryable
 */
export const untilWritten = async <T>(
  what: string,
  attempt: () => Promise<T | 'stale'>,
): Promise<T> => {
  for (let race = 0; race < racesMax; race += 1) {
    const result = await attempt();
    if (result !== 'stale') return result;
  }
  throw new GoldenError({
    code: 'races-lost',
    message: `${what} changed under ${racesMax} tries; whoever called tries again`,
    retryable: true,
  });
};
