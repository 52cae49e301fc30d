import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Scheduler } from './scheduler.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

describe('virtual time', () => {
  it('runs what is due in the order of time, and at one instant in the order of scheduling', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 50 }), { maxLength: 60 }), async (delays) => {
        const scheduler = new Scheduler(start);
        const ran: { delay: number; index: number }[] = [];
        delays.forEach((delay, index) =>
          scheduler.after(delay, 'x', () => ran.push({ delay, index })),
        );
        await scheduler.runFor(1000);
        expect(ran).toEqual([...ran].sort((a, b) => a.delay - b.delay || a.index - b.index));
        expect(ran).toHaveLength(delays.length);
      }),
    );
  });

  it('jumps to the next due event and no further than the limit', async () => {
    const scheduler = new Scheduler(start);
    const seen: number[] = [];
    scheduler.after(1_000, 'a', () => seen.push(scheduler.now - start));
    scheduler.after(9_000, 'b', () => seen.push(scheduler.now - start));
    expect(await scheduler.runUntil(() => seen.length === 2, 5_000)).toBe(false);
    expect(seen).toEqual([1_000]);
    expect(scheduler.now - start).toBe(5_000);
  });

  it('does not run what was cancelled', async () => {
    const scheduler = new Scheduler(start);
    let ran = false;
    scheduler.after(1, 'x', () => (ran = true)).cancelled = true;
    await scheduler.runFor(10);
    expect(ran).toBe(false);
  });

  it('finishes one piece of work before the next begins', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    for (const name of ['a', 'b'])
      scheduler.after(1, name, async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, name === 'a' ? 15 : 1));
        log.push(`${name} ends`);
      });
    await scheduler.runFor(10);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('lets others go on while a piece of work sleeps', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    scheduler.after(0, 'sleeper', async () => {
      log.push('falls asleep');
      await scheduler.sleep(60_000);
      log.push(`wakes after ${(scheduler.now - start) / 1000} s`);
    });
    scheduler.after(1_000, 'other', () => log.push('other'));
    await scheduler.runFor(120_000);
    expect(log).toEqual(['falls asleep', 'other', 'wakes after 60 s']);
  });

  it('does not take work for asleep while one of its calls is in flight', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    scheduler.after(0, 'two things at once', async () => {
      const nap = scheduler.sleep(5_000).then(() => log.push('nap over'));
      await scheduler.busy(() => new Promise((resolve) => setTimeout(resolve, 15)));
      log.push(`call over at ${scheduler.now - start}`);
      await nap;
    });
    scheduler.after(1_000, 'other', () => log.push('other'));
    await scheduler.runFor(10_000);
    expect(log).toEqual(['call over at 0', 'other', 'nap over']);
  });

  it('takes work for asleep when all its calls in flight are', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    scheduler.after(0, 'caller', async () => {
      await scheduler.busy(() => scheduler.busy(() => scheduler.sleep(5_000)));
      log.push(`call over at ${scheduler.now - start}`);
    });
    scheduler.after(1_000, 'other', () => log.push('other'));
    await scheduler.runFor(10_000);
    expect(log).toEqual(['other', 'call over at 5000']);
  });

  it('finishes calls that outlive their caller before the next piece of work', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    const linger = async (): Promise<void> => {
      await scheduler.busy(() => new Promise((resolve) => setTimeout(resolve, 15)));
      log.push('lingering call over');
    };
    scheduler.after(0, 'caller', () =>
      scheduler.busy(() => Promise.race([linger(), Promise.resolve()])),
    );
    scheduler.after(0, 'other', () => log.push('other'));
    await scheduler.runFor(1);
    expect(log).toEqual(['lingering call over', 'other']);
  });

  it('goes on later with the same work, unless called off', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    scheduler.after(0, 'work', async () => {
      const callOff = scheduler.later(3_000, 'never', () => log.push('never'));
      await new Promise<void>((resolve) => {
        scheduler.later(2_000, 'later', () => {
          log.push(`later at ${scheduler.now - start}`);
          callOff();
          void scheduler
            .busy(() => new Promise((done) => setTimeout(done, 15)))
            .then(() => {
              log.push(`call over at ${scheduler.now - start}`);
              resolve();
            });
        });
      });
    });
    scheduler.after(2_500, 'other', () => log.push('other'));
    await scheduler.runFor(10_000);
    expect(log).toEqual(['later at 2000', 'call over at 2000', 'other']);
  });

  it('lets no more time pass than needed when several requests sleep at once', async () => {
    const scheduler = new Scheduler(start);
    scheduler.after(60_000, 'far away', () => undefined);
    const ends = await Promise.all(
      [1_000, 2_000, 3_000].map((delay) =>
        scheduler.serve('request', async () => {
          await scheduler.sleep(delay);
          return scheduler.now - start;
        }),
      ),
    );
    expect(ends).toEqual([1_000, 2_000, 3_000]);
    expect(scheduler.now - start).toBe(3_000);
  });

  it('lets time pass for a request that sleeps, and only as long as it does', async () => {
    const scheduler = new Scheduler(start);
    const log: string[] = [];
    scheduler.after(500, 'before', () => log.push('before'));
    scheduler.after(90_000, 'after', () => log.push('after'));
    const answer = await scheduler.serve('request', async () => {
      await scheduler.sleep(1_000);
      return scheduler.now - start;
    });
    expect(answer).toBe(1_000);
    expect(log).toEqual(['before']);
  });

  it('reports a defect of due work to whoever lets time pass, also when the work had slept before', async () => {
    const scheduler = new Scheduler(start);
    scheduler.after(1, 'broken', () => {
      throw new Error('at once');
    });
    await expect(scheduler.runFor(10)).rejects.toThrow('at once');
    scheduler.after(1, 'broken later', async () => {
      await scheduler.sleep(5);
      throw new Error('later');
    });
    await expect(scheduler.runFor(100)).rejects.toThrow();
  });
});
