import { secondsSince } from '@golden/shared/model/instant.ts';
import type { StopReason, WaveRecord } from '@golden/shared/model/rollout.ts';
import type { Ended, GroupRecord } from '@golden/shared/model/target.ts';
import type { Explained } from '@golden/shared/payload/target-answer.ts';
import { overBudget } from '@golden/shared/plan/end-rollout.ts';
import type { Standing } from '@golden/shared/plan/rollout-line.ts';
import { isOpen, spendsBudget, worstOf } from '@golden/shared/plan/target-outcome.ts';
import { isOnItsWay, mergeReports } from './groups.ts';
import { pollSeconds } from './poll.ts';
import { endOfRefusal, speakOlder } from './refusal.ts';
import { askAgain } from './silence.ts';
import { ask, end, endAsItIs, withoutSilence } from './situation.ts';
import type { Situation, Step } from './situation.ts';

type Followed = Situation & Required<Pick<Situation, 'said'>>;

/** What has to hold right before a target is moved. */
export interface MoveGate {
  standing: Standing;
  wave: WaveRecord;
}

/** A planned target's turn has come: it is moved, unless the rollout has stopped or its wave has lost too many. */
export const beginMove = ({ record, now }: Situation, { standing, wave }: MoveGate): Step => {
  if (record.ended) return endAsItIs(record);
  // The engine runs the wave again: what is on its way is followed to its end, whatever became of the rollout.
  if (record.groups.some(isOnItsWay)) return ask(withoutSilence(record), 'status');
  const stop = stopAt({ standing, wave });
  if (stop) {
    // It may have begun to move before its map was run anew; then it is only followed to its end.
    if (record.startedAt !== undefined) return ask(record, 'status');
    const reason = stop.code === 'superseded' ? 'superseded' : 'halted';
    return end(record, now, { ended: { outcome: 'skipped', reason, sentence: stop.sentence } });
  }
  return ask({ ...withoutSilence(record), startedAt: record.startedAt ?? now.iso }, 'refresh');
};

const stopAt = ({ standing, wave }: MoveGate): StopReason | undefined =>
  standing.kind === 'stop' ? standing.stop : overBudget(wave);

/**
 * A request to move that is put once more, since no answer came, is a request of now: once the rollout has had to stop, the target
 * is only asked what has become of the first one.
 */
export const holdBack = (step: Step, gate: MoveGate): Step =>
  step.kind === 'ask' && step.action === 'refresh' && stopAt(gate)
    ? { ...step, action: 'status' }
    : step;

/** Follows the groups of a target until each has come to rest, or time is up. */
export const followMove = (situation: Followed): Step => {
  const { record, said } = situation;
  if (record.ended) return endAsItIs(record);
  const { answer, asked } = said;
  if (answer.outcome === 'unreachable')
    return (
      beyondTime(situation) ??
      askAgain(situation, { reason: answer.reason, action: asked, purpose: 'move' }) ??
      finish(situation, { outcome: 'unreachable', reason: answer.reason, sentence: answer.detail })
    );
  const { response } = answer;
  if (response.outcome === 'refused')
    return (
      speakOlder(situation, { block: response.block, action: asked, purpose: 'move' }) ??
      followRefusal(situation, response.block)
    );
  const groups = mergeReports(record.groups, response.groups);
  const heard = asked === 'rollback' && { toldBackAt: record.toldBackAt ?? situation.now.iso };
  return follow({ ...situation, record: { ...record, groups, ...heard } });
};

/** A target that refuses as a whole has changed nothing this time, which says nothing about the times before. */
const followRefusal = (situation: Followed, block: Explained): Step => {
  const { record, said } = situation;
  const { asked } = said;
  // After an answer that was lost, or that left a group unread, groups may be on their way.
  const mayHaveBegun = record.silentSince !== undefined || record.groups.some(isOnItsWay);
  const understandsNothing = block.reason === 'request-invalid';
  if (understandsNothing || (asked === 'refresh' && !mayHaveBegun))
    return finish(situation, endOfRefusal(block));
  const late = beyondTime(situation);
  if (late) return late;
  if (asked === 'refresh') {
    const groups = record.groups.map((group): GroupRecord =>
      isOpen(group) && !isOnItsWay(group) ? { ...group, state: 'skipped', block } : group,
    );
    // Its silence stays recorded: by it this step, when it is repeated, knows that a move may have begun.
    return ask({ ...record, groups }, 'status');
  }
  return (
    askAgain(situation, { action: asked, purpose: 'move' }) ??
    finish(situation, { outcome: 'unreachable', ...block })
  );
};

/** Some answer came: is anything still on its way? */
const follow = (situation: Followed): Step => {
  const { record, now, said } = situation;
  const unread = record.groups.some(({ state }) => state === 'unknown' || state === 'ready');
  if (unread) {
    // Whether a refresh was begun is not known of such a group; asking for it twice begins it once.
    const again =
      beyondTime(situation) ?? askAgain(situation, { action: said.asked, purpose: 'move' });
    if (again) return again;
  }
  const read = { ...situation, record: unread ? record : withoutSilence(record) };
  if (record.groups.some(isOnItsWay))
    return (
      beyondTime(read) ??
      ask(read.record, 'status', pollSeconds(secondsSince(record.startedAt ?? now.iso, now)))
    );
  return finish(read, outcomeOf(read));
};

const outcomeOf = ({ record }: Situation): Ended =>
  record.groups.some(isOpen)
    ? { outcome: 'failed', reason: 'aws-error', sentence: 'a group cannot be read' }
    : (worstOf(record.groups) ?? {
        outcome: 'skipped',
        reason: 'no-group',
        sentence: 'its groups are gone since it was surveyed',
      });

/** Time is up: the target is told to go back until it has heard so, and then only so long is waited for it. */
const beyondTime = ({ record, now, limits, said }: Followed): Step | undefined => {
  const { timedOutAt, toldBackAt, startedAt = now.iso } = record;
  if (timedOutAt === undefined)
    return secondsSince(startedAt, now) < limits.refreshTimeoutSeconds
      ? undefined
      : ask({ ...record, timedOutAt: now.iso }, 'rollback');
  if (secondsSince(timedOutAt, now) >= limits.rollbackTimeoutSeconds)
    return end(record, now, {
      ended: {
        outcome: 'failed',
        reason: 'timeout',
        sentence: `it was told to go back after ${limits.refreshTimeoutSeconds} s and is still not at rest ${limits.rollbackTimeoutSeconds} s later`,
      },
      spendsBudget: true,
    });
  // A step that died after it was written has decided so, and told nobody.
  return toldBackAt === undefined && said.asked !== 'rollback'
    ? ask(record, 'rollback')
    : undefined;
};

const finish = ({ record, now, limits }: Situation, ended: Ended): Step => {
  const settled: Ended =
    record.timedOutAt === undefined
      ? ended
      : {
          outcome: 'failed',
          reason: 'timeout',
          sentence: `it was not done after ${limits.refreshTimeoutSeconds} s and was told to go back; it is ${ended.outcome} now`,
        };
  return end(record, now, { ended: settled, spendsBudget: spendsBudget(settled.outcome) });
};
