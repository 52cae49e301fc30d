import { secondsSince } from '@golden/shared/model/instant.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { Ended, GroupRecord, TargetRecord } from '@golden/shared/model/target.ts';
import { isOpen, spendsBudget, worstOf } from '@golden/shared/plan/target-outcome.ts';
import { isOnItsWay, mergeReports } from './groups.ts';
import { pollSeconds } from './poll.ts';
import { askAgain } from './silence.ts';
import { ask, endAsItIs, withoutSilence } from './situation.ts';
import type { Situation, Step } from './situation.ts';

/**
 * Looks once more at a target whose groups were moved: an alarm may have taken one back since, and the event that says so may
 * be lost. A target that does not answer keeps the outcome that it has.
 */
export const recheckTarget = (situation: Situation): Step => {
  const { record, said, now } = situation;
  // The silence of an earlier look says nothing about this one.
  if (!said) return ask({ ...withoutSilence(record), recheckedAt: now.iso }, 'status');
  const { answer } = said;
  if (answer.outcome === 'unreachable' || answer.response.outcome === 'refused')
    return askAgain(situation, { action: 'status', purpose: 'recheck' }) ?? giveUp(situation);
  const reports = mergeReports(record.groups, answer.response.groups);
  const groups = record.groups.map((before) => later(before, reports));
  const isUnread = reports.some(
    ({ group, state }) =>
      state === 'unknown' && groups.some((known) => known.group === group && wasMoved(known)),
  );
  const unread = { ...situation, record: { ...record, groups } };
  const again = isUnread && askAgain(unread, { action: 'status', purpose: 'recheck' });
  if (again) return again;
  return isUnread
    ? followRecheck(unread)
    : followRecheck({ ...situation, record: { ...withoutSilence(record), groups } });
};

/** What the target's groups now mean for its outcome, which never gets better by waiting longer than its time. */
const followRecheck = ({ record, now, limits }: Situation): Step => {
  const { groups, ended, recheckedAt = now.iso } = record;
  if (ended?.reason === 'timeout') return endAsItIs(record);
  const elapsed = secondsSince(recheckedAt, now);
  if (groups.some(isOnItsWay))
    return elapsed < limits.rollbackTimeoutSeconds
      ? ask(record, 'status', pollSeconds(elapsed))
      : endAs(record, now, {
          outcome: 'failed',
          reason: 'timeout',
          sentence: `it began to go back by itself and is not at rest ${limits.rollbackTimeoutSeconds} s later`,
        });
  const worst = worstOf(groups);
  // With its outcome unchanged too, a group that went back is recorded: the image's fate depends on it.
  return worst === undefined || worst.outcome === ended?.outcome || groups.some(isOpen)
    ? endAsItIs(record)
    : endAs(record, now, worst);
};

/** Silence stays recorded, so that this step does not ask again when it is repeated. */
const endAs = (record: TargetRecord, now: Instant, ended: Ended): Step => ({
  kind: 'end',
  record: { ...record, ended, endedAt: now.iso },
  spendsBudget: spendsBudget(ended.outcome),
});

/** It is silent for too long. Nothing is assumed of it, except where it was last seen going back. */
const giveUp = ({ record, now }: Situation): Step => {
  const isBad = record.ended !== undefined && spendsBudget(record.ended.outcome);
  return isBad || !record.groups.some(isOnItsWay)
    ? endAsItIs(record)
    : endAs(record, now, {
        outcome: 'failed',
        reason: 'no-outcome',
        sentence: 'it began to go back by itself and gives no answer any more',
      });
};

const wasMoved = (group: GroupRecord): boolean => group.state === 'refreshed' || isOnItsWay(group);

/** Only a group that this rollout has moved can have gone back; all else stays as it was recorded. */
const later = (before: GroupRecord, reports: readonly GroupRecord[]): GroupRecord => {
  const report = reports.find(({ group }) => group === before.group);
  const hasNews =
    report !== undefined &&
    // A look right after the end may still have seen the image that the group was saved on before.
    (report.state !== before.state || report.image !== before.image) &&
    ['rolling-back', 'moving', 'refreshed', 'rolled-back', 'failed'].includes(report.state);
  return wasMoved(before) && hasNews ? report : before;
};
