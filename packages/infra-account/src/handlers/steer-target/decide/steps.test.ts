import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aGroupRecord,
  anAnswer,
  anInstant,
  aRefusal,
  aReport,
  aRollout,
  aSilence,
  aTarget,
  aWave,
} from '@golden/shared/model/rollout-builders.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { unreachableReasons } from '@golden/shared/payload/reach-answer.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { groupStates } from '@golden/shared/payload/workload-response.ts';
import { spendsBudget, worstOf } from '@golden/shared/plan/target-outcome.ts';
import { beginMove, followMove } from './move-target.ts';
import { recheckTarget } from './recheck-target.ts';
import type { Situation, Step } from './situation.ts';
import { surveyTarget } from './survey-target.ts';

const limits = { refreshTimeoutSeconds: 86_400, rollbackTimeoutSeconds: 14_400 };
/** 25,000 events of one execution (Step Functions Developer Guide, quotas), 14 for each step. */
const stepsMax = 25_000 / 14;

const deciders: Readonly<Record<string, (situation: Situation) => Step>> = {
  survey: surveyTarget,
  move: (situation) =>
    situation.said
      ? followMove({ ...situation, said: situation.said })
      : beginMove(situation, { standing: { kind: 'go' }, wave: aWave() }),
  recheck: recheckTarget,
};
const firstRecords: Readonly<Record<string, TargetRecord>> = {
  survey: aTarget({ groups: [] }),
  move: aTarget({ groups: [aGroupRecord(), aGroupRecord({ group: 'api', state: 'unknown' })] }),
  recheck: aTarget({
    startedAt: anInstant(-7_200).iso,
    groups: [
      aGroupRecord({ state: 'refreshed' }),
      aGroupRecord({ group: 'api', state: 'skipped' }),
    ],
    ended: { outcome: 'skipped' },
  }),
};
const purposes = ['survey', 'move', 'recheck'] as const;
type Purpose = (typeof purposes)[number];

const report = fc.record({
  group: fc.constantFrom('web', 'api', 'jobs'),
  state: fc.constantFrom(...groupStates),
});
const reports = fc.uniqueArray(report, { selector: ({ group }) => group, maxLength: 3 });
const notMoved = { reason: 'not-moved', sentence: 'it was not moved' };
const answer: fc.Arbitrary<ReachAnswer> = fc.oneof(
  { weight: 4, arbitrary: reports.map((some) => anAnswer(...some.map((one) => aReport(one)))) },
  fc.constantFrom(...unreachableReasons).map(aSilence),
  fc.constantFrom('request-invalid', 'alarm-not-ok', 'image-not-visible').map(aRefusal),
  fc.constant(anAnswer(aReport({ state: 'skipped', block: notMoved }))),
);
/** Answers that end nothing by themselves. */
const stubborn: fc.Arbitrary<ReachAnswer> = fc.constantFrom(
  anAnswer(aReport({ state: 'moving' })),
  anAnswer(aReport({ state: 'rolling-back' }), aReport({ group: 'api', state: 'unknown' })),
  anAnswer(aReport({ state: 'unknown' })),
  aSilence('throttled'),
  aSilence('timed-out'),
  aRefusal('image-not-visible'),
);

interface Played {
  steps: Step[];
  seconds: number;
  ended: TargetRecord | undefined;
}

/** Goes on as the engine does, with these answers over and over, until the target comes to rest. */
const play = (
  purpose: Purpose,
  answers: readonly ReachAnswer[],
  check: (situation: Situation, step: Step) => void = () => undefined,
): Played => {
  const steps: Step[] = [];
  let seconds = 0;
  let situation: Situation = {
    record: firstRecords[purpose]!,
    rollout: aRollout(),
    now: anInstant(),
    limits,
  };
  while (steps.length <= stepsMax) {
    const step = deciders[purpose]!(situation);
    check(situation, step);
    steps.push(step);
    if (step.kind === 'end') return { steps, seconds, ended: step.record };
    seconds += step.waitSeconds;
    situation = {
      ...situation,
      record: step.record,
      said: { asked: step.action, answer: answers[steps.length % answers.length]! },
      now: anInstant(seconds),
    };
  }
  return { steps, seconds, ended: undefined };
};

const some = fc.array(answer, { minLength: 1, maxLength: 12 });
const purpose = fc.constantFrom(...purposes);

/** What a step leads to; when it is repeated, a wait may be longer. */
const effectOf = (step: Step) =>
  step.kind === 'ask'
    ? { asks: step.action, groups: step.record.groups, timedOutAt: step.record.timedOutAt }
    : { ended: step.record.ended, groups: step.record.groups };

describe('any step', () => {
  it('leads to the same when its answer was lost and it is repeated', () => {
    fc.assert(
      fc.property(purpose, some, (to, answers) => {
        play(to, answers, (situation, step) => {
          const again = deciders[to]!({ ...situation, record: step.record });
          expect(effectOf(again)).toEqual(effectOf(step));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('spends budget exactly when a moved target ends badly, and again at no repetition', () => {
    fc.assert(
      fc.property(some, (answers) => {
        play('move', answers, (situation, step) => {
          if (step.kind !== 'end') return;
          expect(step.spendsBudget).toBe(spendsBudget(step.record.ended!.outcome));
          const again = deciders['move']!({ ...situation, record: step.record });
          expect(again).toMatchObject({ kind: 'end', spendsBudget: false });
        });
      }),
    );
  });
});

describe('any sequence of answers', () => {
  it.each([
    // Two hours: what the silences and the last waits add.
    ['move', limits.refreshTimeoutSeconds + limits.rollbackTimeoutSeconds + 7_200],
    ['recheck', limits.rollbackTimeoutSeconds + 7_200],
    ['survey', 7_200],
  ] as const)('brings a target to rest that is asked for a %s', (to, secondsMax) => {
    fc.assert(
      fc.property(fc.oneof(some, fc.array(stubborn, { minLength: 1, maxLength: 4 })), (answers) => {
        const { steps, seconds, ended } = play(to, answers);
        expect(ended).toBeDefined();
        expect(seconds).toBeLessThanOrEqual(secondsMax);
        expect(steps.length).toBeLessThanOrEqual(stepsMax);
      }),
    );
  });

  it('looks ever more seldom at a target that is silent now and then', () => {
    const ready = anAnswer(aReport({ state: 'ready' }));
    const onItsWay = anAnswer(aReport({ state: 'rolling-back' }));
    const { steps, ended } = play('move', [ready, ready, aSilence('throttled'), onItsWay, ready]);
    expect(ended).toBeDefined();
    expect(steps.length).toBeGreaterThan(300);
    expect(steps.length).toBeLessThan(1_000);
  });

  it('runs a move to both its limits at its longest', () => {
    const { seconds, steps, ended } = play('move', [anAnswer(aReport({ state: 'moving' }))]);
    expect(seconds).toBeGreaterThanOrEqual(
      limits.refreshTimeoutSeconds + limits.rollbackTimeoutSeconds,
    );
    expect(steps.filter((step) => step.kind === 'ask' && step.action === 'rollback')).toHaveLength(
      1,
    );
    expect(ended?.ended).toMatchObject({ outcome: 'failed', reason: 'timeout' });
  });

  it('ends a move with the worst outcome of its groups, or as failed, unreachable or refused', () => {
    fc.assert(
      fc.property(some, (answers) => {
        const { ended } = play('move', answers);
        const isOfGroups = !['unreachable', 'failed'].includes(ended!.ended!.outcome);
        const refused = ['alarm-not-ok', 'image-not-visible', 'no-group'];
        if (isOfGroups && !refused.includes(ended!.ended!.reason ?? ''))
          expect(ended!.ended!.outcome).toBe(worstOf(ended!.groups)?.outcome);
      }),
    );
  });
});
