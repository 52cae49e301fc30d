import { isOpen } from '@golden/shared/plan/target-outcome.ts';
import { mergeReports } from './groups.ts';
import { endOfRefusal, speakOlder } from './refusal.ts';
import { askAgain } from './silence.ts';
import { ask, end, endAsItIs, withoutSilence } from './situation.ts';
import type { Situation, Step } from './situation.ts';

/** Finds out what a target has, and changes nothing. What has to be moved, and in which order, is decided by the plan. */
export const surveyTarget = (situation: Situation): Step => {
  const { record, said, now } = situation;
  if (record.ended) return endAsItIs(record);
  if (!said) return ask(record, 'survey');
  const { answer } = said;
  if (answer.outcome === 'unreachable')
    return (
      askAgain(situation, { reason: answer.reason, action: 'survey', purpose: 'survey' }) ??
      end(record, now, { ended: unreachable(situation, answer) })
    );
  const { response } = answer;
  if (response.outcome === 'refused')
    return (
      speakOlder(situation, { block: response.block, action: 'survey', purpose: 'survey' }) ??
      end(record, now, { ended: endOfRefusal(response.block) })
    );
  const groups = mergeReports(record.groups, response.groups);
  const surveyed = { ...record, groups, warnings: response.warnings, surveyedAt: now.iso };
  if (groups.length === 0)
    return end(surveyed, now, {
      ended: {
        outcome: 'not-enrolled',
        reason: 'no-group',
        sentence: 'the stack is there and no group is named by parameter or tagged',
      },
    });
  // A group that could not be read may be one that has to be moved.
  const unreadable = groups.some((group) => isOpen(group) && group.state !== 'ready');
  const again = unreadable && askAgain(situation, { action: 'survey', purpose: 'survey' });
  return again
    ? { ...again, record: { ...surveyed, ...again.record, groups } }
    : endAsItIs(unreadable ? surveyed : withoutSilence(surveyed));
};

/**
 * STS says the same of a role that is missing and of one that refuses us. Where the StackSet brought the stack the role is
 * there; where people deploy it by hand, an account without it does not take part.
 */
const unreachable = (
  { record }: Situation,
  { reason, detail }: { reason: string; detail: string },
) =>
  reason === 'role-denied' && record.enrolment === 'by-hand'
    ? ({
        outcome: 'not-enrolled',
        reason,
        sentence: 'the account has no invoker role, or its role refuses us',
      } as const)
    : ({ outcome: 'unreachable', reason, sentence: detail } as const);
