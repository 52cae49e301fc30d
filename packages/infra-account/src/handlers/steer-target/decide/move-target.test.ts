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
  aWave,
} from '@golden/shared/model/rollout-builders.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { unreachableReasons } from '@golden/shared/payload/reach-answer.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import type { Standing } from '@golden/shared/plan/rollout-line.ts';
import { beginMove, followMove, holdBack } from './move-target.ts';
import type { Action } from './situation.ts';

const now = anInstant();
const limits = { refreshTimeoutSeconds: 7_200, rollbackTimeoutSeconds: 3_000 };
const go: Standing = { kind: 'go' };
const context = { rollout: aRollout(), now, limits };

const begin = (record: TargetRecord, gate: Partial<Parameters<typeof beginMove>[1]> = {}) =>
  beginMove({ ...context, record }, { standing: go, wave: aWave(), ...gate });
const follow = (record: TargetRecord, asked: Action, answer: ReachAnswer) =>
  followMove({ ...context, record, said: { asked, answer } });

/** Told to move so many seconds ago. */
const begun = (seconds: number, changes: Partial<TargetRecord> = {}): TargetRecord =>
  aTarget({ startedAt: anInstant(-seconds).iso, ...changes });
/** Told to go back so many seconds ago. */
const late = (seconds: number, changes: Partial<TargetRecord> = {}): TargetRecord =>
  begun(7_200 + seconds, { timedOutAt: anInstant(-seconds).iso, ...changes });
const silentSince = anInstant(-3_600).iso;
const moving = aReport({ state: 'moving' });
const unread = aReport({ group: 'api', state: 'unknown' });

describe('beginMove', () => {
  it('tells the target to move, and records since when', () => {
    expect(begin(aTarget())).toEqual({
      kind: 'ask',
      record: begun(0),
      action: 'refresh',
      waitSeconds: 0,
    });
  });

  it('counts time from the first try, and silence from the next', () => {
    expect(begin(begun(30, { silentSince })).record).toEqual(begun(30));
  });

  it.each([
    ['superseded', 'superseded'],
    ['late-rollback', 'halted'],
    ['taken-over', 'halted'],
  ] as const)('skips a target when the rollout was stopped by %s', (code, reason) => {
    const standing: Standing = { kind: 'stop', stop: { code, sentence: 'so it is' } };
    expect(begin(aTarget(), { standing })).toEqual({
      kind: 'end',
      record: aTarget({
        ended: { outcome: 'skipped', reason, sentence: 'so it is' },
        endedAt: now.iso,
      }),
      spendsBudget: false,
    });
  });

  it('skips a target whose wave has lost more than it may', () => {
    const failedTargets = ['333344445555/eu-west-1'];
    expect(begin(aTarget(), { wave: aWave({ failedTargets }) })).toMatchObject({
      kind: 'end',
      spendsBudget: false,
      record: { ended: { outcome: 'skipped', reason: 'halted' } },
    });
    expect(begin(aTarget(), { wave: aWave({ failedTargets, budget: 1 }) })).toMatchObject({
      action: 'refresh',
    });
  });

  it('leaves a target alone that has its outcome', () => {
    const record = aTarget({ ended: { outcome: 'failed' } });
    expect(begin(record)).toEqual({ kind: 'end', record, spendsBudget: false });
  });

  it('follows what is on its way, whatever became of the rollout', () => {
    const record = begun(600, { groups: [aGroupRecord(moving)] });
    const standing: Standing = { kind: 'stop', stop: { code: 'superseded', sentence: 'x' } };
    const followed = { kind: 'ask', record, action: 'status' };
    expect(begin(record)).toMatchObject(followed);
    expect(begin(record, { standing })).toMatchObject(followed);
    // It was told to move, and nothing is known of what it answered.
    expect(begin(begun(600), { standing })).toMatchObject({ ...followed, record: begun(600) });
  });
});

describe('holdBack', () => {
  const record = aTarget({ startedAt: anInstant().iso });
  const again = { kind: 'ask', record, action: 'refresh', waitSeconds: 10 } as const;
  const stops: [string, Parameters<typeof holdBack>[1]][] = [
    ['a wave that has lost too many', { standing: go, wave: aWave({ failedTargets: ['a'] }) }],
    [
      'a newer image that waits',
      {
        standing: { kind: 'stop', stop: { code: 'superseded', sentence: 'a newer one waits' } },
        wave: aWave(),
      },
    ],
  ];

  it.each(stops)('asks only what has become of the first request after %s', (_, gate) => {
    expect(holdBack(again, gate)).toEqual({ ...again, action: 'status' });
    const back = { ...again, action: 'rollback' } as const;
    expect(holdBack(back, gate)).toBe(back);
  });

  it('lets a rollout that goes on ask again', () => {
    expect(holdBack(again, { standing: go, wave: aWave() })).toBe(again);
  });
});

describe('followMove', () => {
  it.each([
    [0, 30],
    [900, 60],
    [7_199, 60],
  ])('after %i s looks again in %i s at a group that moves', (seconds, waitSeconds) => {
    expect(follow(begun(seconds), 'refresh', anAnswer(moving))).toEqual({
      kind: 'ask',
      record: begun(seconds, { groups: [aGroupRecord(moving)] }),
      action: 'status',
      waitSeconds,
    });
  });

  it.each([
    [aReport({ state: 'refreshed' }), 'refreshed', false],
    [aReport({ state: 'up-to-date' }), 'up-to-date', false],
    [aReport({ state: 'skipped' }), 'skipped', false],
    [aReport({ state: 'rolled-back', reason: 'alarm' }), 'rolled-back', true],
    [aReport({ state: 'failed', reason: 'no-last-good' }), 'failed', true],
  ] as const)('ends with the outcome of its groups: %j', (report, outcome, spendsBudget) => {
    expect(follow(begun(60, { silentSince }), 'status', anAnswer(report))).toEqual({
      kind: 'end',
      record: begun(60, {
        groups: [aGroupRecord(report)],
        ended: { outcome, ...('reason' in report && { reason: report.reason }) },
        endedAt: now.iso,
      }),
      spendsBudget,
    });
  });

  it('waits for the last group, and then has the worst outcome', () => {
    const failed = aReport({ group: 'api', state: 'failed', reason: 'aws-error' });
    const asked = follow(begun(60), 'refresh', anAnswer(failed, moving));
    expect(asked).toMatchObject({ kind: 'ask', action: 'status' });
    const notMoved = { reason: 'not-moved', sentence: 'it was not moved' };
    const answer = anAnswer(
      { ...failed, state: 'skipped', block: notMoved },
      aReport({ state: 'refreshed' }),
    );
    expect(follow(asked.record, 'status', answer)).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'failed', reason: 'aws-error' } },
      spendsBudget: true,
    });
  });

  it.each(['refresh', 'status', 'rollback'] as const)(
    'asks %s again when a group cannot be read, for it does no harm twice',
    (asked) => {
      const step = follow(begun(60), asked, anAnswer(moving, unread));
      expect(step).toMatchObject({ kind: 'ask', action: asked, waitSeconds: 10 });
      expect(step.record.silentSince).toBe(now.iso);
    },
  );

  it('goes on with the others when a group is unread for too long, and fails in the end', () => {
    const record = begun(4_000, { silentSince });
    const step = follow(record, 'refresh', anAnswer(moving, unread));
    expect(step).toMatchObject({ action: 'status', waitSeconds: 60, record: { silentSince } });
    const answer = anAnswer(aReport({ state: 'refreshed' }), unread);
    expect(follow(step.record, 'status', answer)).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'failed', reason: 'aws-error' } },
      spendsBudget: true,
    });
  });

  it('skips a target whose groups are gone', () => {
    expect(follow(begun(60, { groups: [] }), 'refresh', anAnswer())).toMatchObject({
      record: { ended: { outcome: 'skipped', reason: 'no-group' } },
      spendsBudget: false,
    });
  });

  it('says nothing new of a target that has its outcome', () => {
    const record = begun(60, { ended: { outcome: 'failed' } });
    for (const answer of [aSilence(), aRefusal(), anAnswer(moving)])
      expect(follow(record, 'status', answer)).toEqual({
        kind: 'end',
        record,
        spendsBudget: false,
      });
  });
});

describe('followMove of a silent target', () => {
  it.each(unreachableReasons)(
    'repeats the question by %s, then ends it as unreachable',
    (reason) => {
      expect(follow(begun(60), 'refresh', aSilence(reason))).toMatchObject({
        kind: 'ask',
        action: 'refresh',
        waitSeconds: 10,
      });
      expect(follow(begun(4_000, { silentSince }), 'status', aSilence(reason))).toEqual({
        kind: 'end',
        record: begun(4_000, {
          ended: { outcome: 'unreachable', reason, sentence: `AWS says ${reason}` },
          endedAt: now.iso,
        }),
        spendsBudget: true,
      });
    },
  );
});

describe('followMove of a target that refuses', () => {
  it('skips it when nothing can have begun', () => {
    expect(follow(begun(0), 'refresh', aRefusal('alarm-not-ok'))).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'skipped', reason: 'alarm-not-ok' } },
      spendsBudget: false,
    });
  });

  it.each([
    ['an answer was lost', begun(60, { silentSince: anInstant(-60).iso })],
    ['a group is on its way', begun(60, { groups: [aGroupRecord(moving), aGroupRecord(unread)] })],
  ])('looks first where it stands when %s', (_, record) => {
    const step = follow(record, 'refresh', aRefusal('alarm-not-ok'));
    expect(step).toMatchObject({ kind: 'ask', action: 'status', waitSeconds: 0 });
    // What was not moved keeps the reason.
    const notMoved = { reason: 'not-moved', sentence: 'it was not moved' };
    const reports = record.groups.map(({ group }) =>
      aReport({ group, state: 'skipped', block: notMoved }),
    );
    const isMoving = record.groups.some(({ state }) => state === 'moving');
    expect(follow(step.record, 'status', anAnswer(...reports))).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'skipped', reason: isMoving ? 'not-moved' : 'alarm-not-ok' } },
    });
  });

  it('goes on asking once it has begun, then ends it as unreachable', () => {
    expect(follow(begun(60), 'status', aRefusal())).toMatchObject({ action: 'status' });
    expect(follow(begun(4_000, { silentSince }), 'status', aRefusal())).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'unreachable', reason: 'image-not-visible' } },
      spendsBudget: true,
    });
  });

  it('speaks older messages, and gives up on a handler that takes none', () => {
    const step = follow(begun(60), 'refresh', aRefusal('request-invalid'));
    expect(step).toMatchObject({ action: 'refresh', waitSeconds: 0, record: { schema: 1 } });
    const again = follow(step.record, 'refresh', aRefusal('request-invalid'));
    expect(again).toMatchObject({ kind: 'ask', action: 'refresh', waitSeconds: 10 });
    const late = { ...step.record, silentSince: anInstant(-300).iso };
    expect(follow(late, 'refresh', aRefusal('request-invalid'))).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'unreachable', reason: 'handler-too-old' } },
      spendsBudget: true,
    });
  });
});

describe('followMove beyond its time', () => {
  const timedOut = { outcome: 'failed', reason: 'timeout', sentence: expect.any(String) };

  it.each([
    ['moves', anAnswer(moving)],
    ['is silent', aSilence()],
    ['refuses', aRefusal()],
    ['cannot be read', anAnswer(unread)],
  ])('tells a target that %s to go back, and still fails it later', (_, answer) => {
    expect(follow(begun(7_199), 'status', answer)).toMatchObject({ action: 'status' });
    expect(follow(begun(7_200), 'status', answer)).toMatchObject({
      kind: 'ask',
      action: 'rollback',
      waitSeconds: 0,
      record: { timedOutAt: now.iso },
    });
    expect(follow(late(2_999), 'rollback', answer)).toMatchObject({ kind: 'ask' });
    expect(follow(late(3_000), 'rollback', answer)).toMatchObject({
      kind: 'end',
      record: { ended: timedOut, endedAt: now.iso },
      spendsBudget: true,
    });
  });

  it('repeats the order to go back until somebody has heard it, then only looks', () => {
    expect(follow(late(60), 'rollback', aSilence())).toMatchObject({ action: 'rollback' });
    const back = aReport({ state: 'rolling-back' });
    // Told once, by a step whose own answer was lost.
    expect(follow(late(60), 'status', anAnswer(moving))).toMatchObject({ action: 'rollback' });
    expect(follow(late(60), 'status', aSilence())).toMatchObject({ action: 'rollback' });
    const heard = follow(late(60), 'rollback', anAnswer(back));
    expect(heard).toMatchObject({ action: 'status', record: { toldBackAt: now.iso } });
    expect(follow(heard.record, 'status', anAnswer(back))).toMatchObject({ action: 'status' });
    expect(follow(heard.record, 'status', aSilence())).toMatchObject({ action: 'status' });
  });

  it.each(['rolled-back', 'refreshed', 'skipped'] as const)(
    'fails a target that was told to go back and is %s in the end',
    (state) => {
      const step = follow(late(60), 'status', anAnswer(aReport({ state })));
      expect(step).toMatchObject({ kind: 'end', record: { ended: timedOut }, spendsBudget: true });
      expect(step.record.ended?.sentence).toContain(`it is ${state} now`);
    },
  );
});
