import { beforeAll, describe, expect, it } from '@jest/globals';
import { deathAt, isWrite, sideBySide } from './call-faults.ts';
import { deathText, InterruptedRollouts } from './interrupted-rollouts.ts';

describe('a rollout of a bad image', () => {
  let rollouts: InterruptedRollouts;

  beforeAll(async () => {
    rollouts = await InterruptedRollouts.open('bad');
  }, 60_000);

  it('halts and leaves what was there', () => {
    expect(rollouts.quiet).toMatchObject({
      mails: {
        'golden golden: image available <version>': 1,
        'golden golden: rollout halted <version>': 1,
      },
      state: {
        running: ['<before>'],
        refreshes: ['forward RollbackSuccessful'],
        stable: '<version before>',
        version: { state: 'halted' },
        rollout: { state: 'halted', stop: { code: 'budget-exceeded' } },
        lost: [],
      },
    });
  });

  it('comes to the same end after whichever change each of its functions dies', async () => {
    // A function leaves nothing behind but by calls: whether it dies here or before its next change is the same.
    const changes = rollouts.calls.filter(({ operations }) => isWrite(operations.at(-1) ?? ''));
    const died = new Set<string>();
    for (const round of sideBySide(changes)) {
      const what = `kill-after ${[...round].join(', ')}`;
      const strikes = await rollouts.expectQuietEnd(what, deathAt(round, 'kill-after'));
      for (const strike of strikes) died.add(deathText('kill-after', strike));
    }
    const wanted = changes.map((call) => deathText('kill-after', call));
    expect([...new Set(wanted)].filter((death) => !died.has(death))).toEqual([]);
    expect(died).toContain('kill-after SteerTarget UpdateItem 1');
  }, 120_000);
});
