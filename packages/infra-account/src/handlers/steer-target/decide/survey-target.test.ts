import { describe, expect, it } from '@jest/globals';
import {
  aGroupRecord,
  anAnswer,
  anInstant,
  aRefusal,
  aReport,
  aRollout,
  aSilence,
  aTarget,
} from '@golden/shared/model/rollout-builders.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { unreachableReasons } from '@golden/shared/payload/reach-answer.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { surveyTarget } from './survey-target.ts';

const now = anInstant();
const { wave: _wave, surveyedAt: _surveyedAt, ...listed } = aTarget({ groups: [] });
const limits = { refreshTimeoutSeconds: 86_400, rollbackTimeoutSeconds: 14_400 };
const step = (record: TargetRecord, answer?: ReachAnswer) =>
  surveyTarget({
    record,
    rollout: aRollout(),
    ...(answer && { said: { asked: 'survey', answer } }),
    now,
    limits,
  });
const silent = (seconds: number): TargetRecord => ({
  ...listed,
  silentSince: anInstant(-seconds).iso,
});

describe('surveyTarget', () => {
  it('asks a listed target what it has', () => {
    expect(step(listed)).toEqual({ kind: 'ask', record: listed, action: 'survey', waitSeconds: 0 });
  });

  it('asks nothing more of a target that has its outcome: its answer was lost on the way', () => {
    const record: TargetRecord = { ...listed, ended: { outcome: 'unreachable' } };
    const again = { kind: 'end', record, spendsBudget: false };
    expect([step(record), step(record, aSilence()), step(record, anAnswer(aReport()))]).toEqual([
      again,
      again,
      again,
    ]);
  });

  it('records groups, warnings and time, and leaves the outcome to the plan', () => {
    const warning = { reason: 'stack-managed', sentence: 'a stack owns it' };
    const reports = [aReport(), aReport({ group: 'api', state: 'skipped' })];
    const answer: ReachAnswer = {
      outcome: 'answered',
      response: { outcome: 'answered', warnings: [warning], groups: reports },
    };
    expect(step(silent(30), answer)).toEqual({
      kind: 'end',
      record: {
        ...listed,
        groups: [aGroupRecord(), aGroupRecord(reports[1])],
        warnings: [warning],
        surveyedAt: now.iso,
      },
      spendsBudget: false,
    });
  });

  it('takes a target without groups for not enrolled', () => {
    expect(step(listed, anAnswer())).toMatchObject({
      kind: 'end',
      record: {
        ended: { outcome: 'not-enrolled', reason: 'no-group' },
        surveyedAt: now.iso,
        endedAt: now.iso,
      },
    });
  });

  it('asks again for a while when a group cannot be read, then leaves it to the move', () => {
    const answer = anAnswer(aReport(), aReport({ group: 'api', state: 'unknown' }));
    expect(step(listed, answer)).toMatchObject({
      kind: 'ask',
      action: 'survey',
      waitSeconds: 10,
      record: { silentSince: now.iso, groups: [{ group: 'web' }, { group: 'api' }] },
    });
    const late = step(silent(900), answer);
    expect(late).toMatchObject({ kind: 'end', record: { groups: [{}, { state: 'unknown' }] } });
    expect(late.record).not.toHaveProperty('ended');
    expect(step(late.record, answer)).toEqual(late);
  });

  it.each(unreachableReasons)('waits for a target that is silent by %s, then ends it', (reason) => {
    expect(step(listed, aSilence(reason))).toMatchObject({ kind: 'ask', action: 'survey' });
    expect(step(silent(900), aSilence(reason))).toEqual({
      kind: 'end',
      record: {
        ...listed,
        ended: { outcome: 'unreachable', reason, sentence: `AWS says ${reason}` },
        endedAt: now.iso,
      },
      spendsBudget: false,
    });
  });

  it.each([
    ['stack-set', 'role-denied', 'unreachable'],
    ['by-hand', 'role-denied', 'not-enrolled'],
    ['by-hand', 'function-missing', 'unreachable'],
  ] as const)(
    'ends a target that came %s and is silent by %s as %s',
    (enrolment, reason, outcome) => {
      expect(step({ ...silent(900), enrolment }, aSilence(reason))).toMatchObject({
        record: { ended: { outcome, reason, sentence: expect.any(String) } },
      });
    },
  );

  it('speaks older messages to a handler that does not take the newest, and gives up on one that takes none', () => {
    const older = step(listed, aRefusal('request-invalid'));
    expect(older).toEqual({
      kind: 'ask',
      record: { ...listed, schema: 1 },
      action: 'survey',
      waitSeconds: 0,
    });
    // It may be the same refusal, seen twice.
    const again = step(older.record, aRefusal('request-invalid'));
    expect(again).toMatchObject({ kind: 'ask', action: 'survey', waitSeconds: 10 });
    const late = { ...older.record, silentSince: anInstant(-300).iso };
    expect(step(late, aRefusal('request-invalid'))).toMatchObject({
      kind: 'end',
      record: {
        ended: {
          outcome: 'unreachable',
          reason: 'handler-too-old',
          sentence: 'request-invalid it is',
        },
      },
    });
  });

  it('skips a target that refuses as a whole, with its reason', () => {
    expect(step(listed, aRefusal('kms-grant-refused'))).toMatchObject({
      kind: 'end',
      spendsBudget: false,
      record: {
        ended: {
          outcome: 'skipped',
          reason: 'kms-grant-refused',
          sentence: 'kms-grant-refused it is',
        },
        endedAt: now.iso,
      },
    });
  });
});
