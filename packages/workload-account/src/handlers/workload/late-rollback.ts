import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { AlarmStateChange } from '@golden/shared/payload/alarm-state-change.ts';
import { lateRollbackSchema } from '@golden/shared/payload/late-rollback-event.ts';
import type { WorkloadOutcome } from '@golden/shared/payload/workload-response.ts';
import { answerForEach } from './answer-for-each.ts';
import type { Rollout } from './decide/facts.ts';
import { judgeRefresh } from './decide/judge-refresh.ts';
import { goesBackLate, lateAlarm, lateRollbackOf } from './decide/late-rollback.ts';
import type { Deps } from './deps.ts';
import { carryOut } from './go-back.ts';
import { awsError, reportOn } from './report.ts';
import { answered } from './response.ts';

/**
 * The alarm fires after refreshes have ended: groups that were moved lately go back to what they ran before, and the infra
 * account is told of it. A group of which AWS would say nothing just now is asked again, too.
 *
 * @throws GoldenError `event-refused`, `groups-unknown`: Lambda repeats the invocation, which finds what this one has begun
 */
export const lateRollback = async (
  { detail: { alarmName, state } }: AlarmStateChange,
  deps: Deps,
): Promise<WorkloadOutcome> => {
  const { config, clock, log, infraBus } = deps;
  const { line, region } = config;
  if (alarmName !== config.alarmName || state.value !== 'ALARM') {
    log.warn('alarm-ignored', { alarmName, state: state.value });
    return answered([]);
  }
  const time = {
    nowMs: clock.now().epochSeconds * 1_000,
    windowHours: config.lateRollbackWindowHours,
  };
  const left = new Map<string, Rollout & { groups: string[] }>();
  const answer = await answerForEach(deps, async (facts) => {
    const rollout = lateRollbackOf(facts, time);
    const judgement = rollout && judgeRefresh(facts, rollout, lateAlarm);
    if (!judgement) return reportOn(facts, { state: 'skipped', block: { reason: 'not-moved' } });
    const report = await carryOut(facts, { judgement, rollout }, deps);
    if (goesBackLate(report)) {
      const known = left.get(rollout.rolloutId) ?? { ...rollout, groups: [] };
      known.groups.push(report.group);
      left.set(rollout.rolloutId, known);
    }
    return report;
  });
  for (const rollout of left.values())
    await infraBus.tell({ schema: lateRollbackSchema, line, region, ...rollout });
  const unknown = answer.groups.find(({ reason }) => reason === awsError);
  if (unknown)
    throw new GoldenError({
      code: 'groups-unknown',
      message: `ask again: ${unknown.group}`,
      retryable: true,
    });
  return answer;
};
