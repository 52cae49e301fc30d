import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Fate } from '@golden/emulator';
import { deathAt, firstTryOfEach, sideBySide, type NamedCall } from './call-faults.ts';
import { deathText, InterruptedRollouts } from './interrupted-rollouts.ts';

const deaths = ['kill-before', 'kill-after'] as const;

describe('a rollout, and the late rollback that revokes its image', () => {
  let rollouts: InterruptedRollouts;

  beforeAll(async () => {
    rollouts = await InterruptedRollouts.open('late');
  }, 60_000);

  it('come to their end in order when nothing goes wrong', () => {
    expect(rollouts.quiet).toMatchObject({
      mails: {
        'golden golden: image available <version>': 1,
        'golden golden: rollout completed <version>': 1,
        'golden golden: image revoked <version>': 1,
      },
      state: {
        running: ['<before>'],
        refreshes: ['forward Successful', 'back Successful'],
        stable: '<version before>',
        version: { state: 'revoked' },
        rollout: { state: 'completed' },
        lost: [],
      },
    });
    expect(rollouts.functions).toEqual([
      'AcquireLine',
      'FanOut',
      'FinishRollout',
      'GateWave',
      'JudgeWave',
      'ListTargets',
      'PlanRollout',
      'ReachAccount',
      'RevokeImage',
      'SteerTarget',
    ]);
  });

  it('come to the same end before and after whichever call each of their functions dies', async () => {
    const died = new Set<string>();
    for (const round of sideBySide(rollouts.calls))
      for (const fate of deaths) {
        const what = `${fate} ${[...round].join(', ')}`;
        const strikes = await rollouts.expectQuietEnd(what, deathAt(round, fate));
        for (const strike of strikes) died.add(deathText(fate, strike));
      }
    const wanted = deaths.flatMap((fate) => rollouts.calls.map((call) => deathText(fate, call)));
    expect([...new Set(wanted)].filter((death) => !died.has(death))).toEqual([]);
  }, 240_000);

  const hitches: readonly (readonly [what: string, fate: Fate])[] = [
    ['is throttled', { error: { code: 'ThrottlingException', status: 400 } }],
    ['does not arrive', { lose: 'request' }],
    ['has its answer lost', { lose: 'answer' }],
  ];

  it.each(hitches)(
    'come to the same end when the first try of each call %s',
    async (what, fate) => {
      const strikes = await rollouts.expectQuietEnd(what, firstTryOfEach(fate));
      const last = ({ name, operations }: NamedCall): string =>
        `${name} ${operations.at(-1) ?? ''}`;
      expect(new Set(strikes.map(last))).toEqual(new Set(rollouts.calls.map(last)));
    },
  );
});
