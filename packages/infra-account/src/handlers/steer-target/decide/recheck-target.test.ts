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
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { groupStates } from '@golden/shared/payload/workload-response.ts';
import { recheckTarget } from './recheck-target.ts';

const now = anInstant();
const limits = { refreshTimeoutSeconds: 7_200, rollbackTimeoutSeconds: 3_000 };
const step = (record: TargetRecord, answer?: ReachAnswer) =>
  recheckTarget({
    record,
    rollout: aRollout(),
    ...(answer && { said: { asked: 'status', answer } }),
    now,
    limits,
  });

const web = aGroupRecord({ group: 'web', state: 'refreshed' });
/** Moved well; the look at it began so many seconds ago. */
const moved = (seconds = 0, changes: Partial<TargetRecord> = {}): TargetRecord =>
  aTarget({
    startedAt: anInstant(-7_200).iso,
    groups: [web],
    ended: { outcome: 'refreshed' },
    endedAt: anInstant(-3_600).iso,
    recheckedAt: anInstant(-seconds).iso,
    ...changes,
  });
const back = aReport({ state: 'rolling-back', reason: 'late-alarm' });
const goingBack = { groups: [aGroupRecord(back)] };
const wentBack = aReport({ state: 'rolled-back', reason: 'late-alarm' });

describe('recheckTarget', () => {
  it('asks where the groups stand, whatever an earlier look has come to', () => {
    const record = moved(900, { silentSince: anInstant(-900).iso });
    expect(step(record)).toEqual({
      kind: 'ask',
      record: moved(),
      action: 'status',
      waitSeconds: 0,
    });
  });

  it('records the new image of a group that was seen with its old one right after its refresh', () => {
    const image = 'ami-0123456789abcdef9';
    const answer = anAnswer(aReport({ state: 'refreshed', image }));
    expect(step(moved(30), answer)).toMatchObject({
      kind: 'end',
      record: { groups: [{ state: 'refreshed', image }], ended: { outcome: 'refreshed' } },
    });
  });

  it.each(groupStates.filter((state) => !/back|moving|failed|unknown/.test(state)))(
    'changes nothing when a group that was refreshed is said to be %s',
    (state) => {
      const record = moved(30, { silentSince: now.iso });
      expect(step(record, anAnswer(aReport({ state, size: 9 })))).toEqual({
        kind: 'end',
        record: moved(30),
        spendsBudget: false,
      });
    },
  );

  it('counts a group that went back since', () => {
    expect(step(moved(), anAnswer(wentBack))).toEqual({
      kind: 'end',
      record: moved(0, {
        groups: [aGroupRecord(wentBack)],
        ended: { outcome: 'rolled-back', reason: 'late-alarm' },
        endedAt: now.iso,
      }),
      spendsBudget: true,
    });
  });

  it('waits for a group that is going back, for its time and no longer', () => {
    expect(step(moved(60), anAnswer(back))).toEqual({
      kind: 'ask',
      record: moved(60, goingBack),
      action: 'status',
      waitSeconds: 30,
    });
    const late = step(moved(3_000), anAnswer(back));
    expect(late).toMatchObject({
      kind: 'end',
      record: { ...goingBack, ended: { outcome: 'failed', reason: 'timeout' } },
      spendsBudget: true,
    });
    // The next look does not wait again.
    expect(step(late.record, anAnswer(back))).toEqual({
      kind: 'end',
      record: late.record,
      spendsBudget: false,
    });
  });

  it('records a group that went back in a target whose outcome was as bad before', () => {
    const api = aGroupRecord({ group: 'api', state: 'rolled-back', reason: 'alarm' });
    const record = moved(0, { groups: [api, web], ended: { outcome: 'rolled-back' } });
    expect(step(record, anAnswer(api, wentBack))).toEqual({
      kind: 'end',
      record: { ...record, groups: [api, aGroupRecord(wentBack)] },
      spendsBudget: false,
    });
  });

  it('leaves groups as they were recorded that this rollout has not moved', () => {
    const api = aGroupRecord({ group: 'api', state: 'skipped' });
    const record = moved(0, { groups: [api, web], ended: { outcome: 'skipped' } });
    const answer = anAnswer(
      aReport({ group: 'api', state: 'failed' }),
      web,
      aReport({ group: 'x' }),
    );
    expect(step(record, answer)).toEqual({ kind: 'end', record, spendsBudget: false });
  });

  it('keeps the failure of a target of which a group could never be read', () => {
    const api = aGroupRecord({ group: 'api', state: 'unknown' });
    const record = moved(0, { groups: [api, web], ended: { outcome: 'failed' } });
    expect(step(record, anAnswer(api, web))).toEqual({ kind: 'end', record, spendsBudget: false });
  });

  it('finds out what became of a target that was unreachable while it moved', () => {
    const api = aGroupRecord({ group: 'api', state: 'moving' });
    const record = moved(0, { groups: [api, web], ended: { outcome: 'unreachable' } });
    const refreshed = aReport({ group: 'api', state: 'refreshed' });
    expect(step(record, anAnswer(refreshed, web))).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'refreshed' }, groups: [{ state: 'refreshed' }, web] },
      spendsBudget: false,
    });
  });

  it('neither waits for a target that ran out of time before, nor makes it any better', () => {
    const api = aGroupRecord({ group: 'api', state: 'moving' });
    const ended = { outcome: 'failed', reason: 'timeout' } as const;
    const record = moved(0, { groups: [api, web], ended });
    expect(step(record, anAnswer(api, web))).toEqual({ kind: 'end', record, spendsBudget: false });
    const refreshed = aReport({ group: 'api', state: 'refreshed' });
    expect(step(record, anAnswer(refreshed, web))).toMatchObject({
      kind: 'end',
      record: { ended },
    });
  });
});

describe('recheckTarget of a target that says nothing', () => {
  const unread = anAnswer(aReport({ state: 'unknown' }));

  it.each([
    ['is silent', aSilence()],
    ['refuses', aRefusal()],
    ['cannot read its group', unread],
  ])('asks again when it %s, then keeps the outcome that it has', (_, answer) => {
    expect(step(moved(), answer)).toEqual({
      kind: 'ask',
      record: moved(0, { silentSince: now.iso }),
      action: 'status',
      waitSeconds: 10,
    });
    const record = moved(900, { silentSince: anInstant(-900).iso });
    expect(step(record, answer)).toEqual({ kind: 'end', record, spendsBudget: false });
  });

  it.each([
    ['role-denied', 'by-hand'],
    ['function-missing', 'stack-set'],
  ] as const)('keeps the outcome also by %s', (reason, enrolment) => {
    const record = moved(900, { enrolment, silentSince: anInstant(-900).iso });
    expect(step(record, aSilence(reason))).toEqual({ kind: 'end', record, spendsBudget: false });
  });

  it('fails it once when it was last seen going back', () => {
    const record = moved(1_000, { ...goingBack, silentSince: anInstant(-900).iso });
    const failed = step(record, aSilence());
    expect(failed).toMatchObject({
      kind: 'end',
      record: { ended: { outcome: 'failed', reason: 'no-outcome' }, endedAt: now.iso },
      spendsBudget: true,
    });
    expect(step(failed.record, aSilence())).toEqual({
      kind: 'end',
      record: failed.record,
      spendsBudget: false,
    });
  });

  it('does not wait for a group that it has not moved', () => {
    const api = aGroupRecord({ group: 'api', state: 'skipped' });
    const record = moved(0, { groups: [api, web] });
    const answer = anAnswer(aReport({ group: 'api', state: 'unknown' }), web);
    expect(step(record, answer)).toMatchObject({ kind: 'end' });
  });
});
