import { afterEach, describe, expect, it } from '@jest/globals';
import { Scheduler } from './scheduler.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const hour = 3_600_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('real time', () => {
  const running: Scheduler[] = [];
  const defects: unknown[] = [];
  const started = (): Scheduler => {
    const scheduler = new Scheduler(start);
    scheduler.startRealTime((error) => defects.push(error));
    running.push(scheduler);
    return scheduler;
  };
  afterEach(() => {
    for (const scheduler of running.splice(0)) scheduler.stopRealTime();
    defects.length = 0;
  });

  it('runs what is due as the wall clock comes to it', async () => {
    const scheduler = started();
    let ranAt: number | undefined;
    scheduler.after(60, 'soon', () => (ranAt = scheduler.now - start));
    scheduler.after(hour, 'not yet', () => {
      throw new Error('an hour has not passed');
    });
    expect(ranAt).toBeUndefined();
    await wait(200);
    expect(ranAt).toBe(60);
    expect(scheduler.now - start).toBeGreaterThanOrEqual(150);
    expect(defects).toEqual([]);
  });

  it('goes on although something new is scheduled all the time', async () => {
    const scheduler = started();
    let ran = false;
    scheduler.after(40, 'due', () => (ran = true));
    for (let turn = 0; turn < 40; turn++) {
      scheduler.after(hour, 'far away', () => undefined);
      await wait(5);
    }
    expect(ran).toBe(true);
  });

  it('jumps when it is told to, runs what falls due on the way, and goes on from there', async () => {
    const scheduler = started();
    const log: number[] = [];
    for (const hours of [1, 2, 3])
      scheduler.after(hours * hour, 'hourly', () => log.push(scheduler.now - start));
    await scheduler.advance(2.5 * hour);
    expect(log).toEqual([hour, 2 * hour]);
    const arrived = scheduler.now - start;
    expect(arrived).toBeGreaterThanOrEqual(2.5 * hour);
    expect(arrived).toBeLessThan(2.6 * hour);
    await wait(150);
    expect(scheduler.now - start - arrived).toBeGreaterThanOrEqual(100);
    expect(log).toHaveLength(2);
  });

  it('adds up what several callers skip at the same time', async () => {
    const scheduler = started();
    await Promise.all([scheduler.advance(hour), scheduler.advance(hour)]);
    expect(scheduler.now - start).toBeGreaterThanOrEqual(2 * hour);
  });

  it('lets a request wait for time to pass, and ends the wait with a jump', async () => {
    const scheduler = started();
    let answer: number | undefined;
    const request = scheduler
      .serve('long poll', async () => {
        await scheduler.sleep(20 * 60_000);
        return scheduler.now - start;
      })
      .then((now) => (answer = now));
    await wait(60);
    expect(answer).toBeUndefined();
    await scheduler.advance(hour);
    await request;
    expect(answer).toBeGreaterThanOrEqual(20 * 60_000);
  });

  it('reports what a due event throws, also after it has slept, and goes on', async () => {
    const scheduler = started();
    let ran = false;
    scheduler.after(10, 'broken', () => {
      throw new Error('at once');
    });
    scheduler.after(20, 'broken later', async () => {
      await scheduler.sleep(20);
      throw new Error('later');
    });
    scheduler.after(30, 'whole', () => (ran = true));
    await wait(200);
    expect(ran).toBe(true);
    const texts = defects.flatMap((error): unknown[] =>
      error instanceof AggregateError ? error.errors : [error],
    );
    expect(texts.map(String)).toEqual(['Error: at once', 'Error: later']);
  });

  it('stands still once it is stopped', async () => {
    const scheduler = started();
    await wait(60);
    scheduler.stopRealTime();
    const stoppedAt = scheduler.now;
    await wait(80);
    expect(scheduler.now).toBe(stoppedAt);
  });

  it('lets time pass at once where it is virtual', async () => {
    const scheduler = new Scheduler(start);
    await scheduler.advance(hour);
    expect(scheduler.now - start).toBe(hour);
  });
});
