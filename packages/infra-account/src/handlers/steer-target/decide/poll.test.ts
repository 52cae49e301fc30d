import { describe, expect, it } from '@jest/globals';
import { pollSeconds } from './poll.ts';

const daySeconds = 86_400;
/** Step Functions Developer Guide, quotas: history events of one execution. */
const historyEventsMax = 25_000;
const eventsPerPoll = 14;

describe('pollSeconds', () => {
  it.each([
    [0, 30],
    [899, 30],
    [900, 60],
    [7_199, 60],
    [7_200, 300],
    [daySeconds, 300],
  ])('after %i s is %i s', (elapsed, seconds) => {
    expect(pollSeconds(elapsed)).toBe(seconds);
  });

  it('leaves room in the history of an execution that polls for a day and the way back', () => {
    let polls = 0;
    for (let elapsed = 0; elapsed < daySeconds + 14_400; elapsed += pollSeconds(elapsed))
      polls += 1;
    expect(polls * eventsPerPoll).toBeLessThan(historyEventsMax / 2);
  });
});
