import type { AlarmStateChange } from '@golden/shared/payload/alarm-state-change.ts';
import type { WorkloadResponse } from '@golden/shared/payload/workload-response.ts';
import { answerForEach } from './answer-for-each.ts';
import { judgeRefresh } from './decide/judge-refresh.ts';
import { lateRollbackOf } from './decide/late-rollback.ts';
import type { Deps } from './deps.ts';
import { carryOut } from './go-back.ts';
import { reportOn } from './report.ts';
import { answered } from './response.ts';

/** The alarm fires after refreshes have ended: groups that were moved lately go back to what they ran before. */
export const lateRollback = async (
  { detail: { alarmName, state } }: AlarmStateChange,
  deps: Deps,
): Promise<WorkloadResponse> => {
  const { config, clock, log } = deps;
  if (alarmName !== config.alarmName || state.value !== 'ALARM') {
    log.warn('alarm-ignored', { alarmName, state: state.value });
    return answered([]);
  }
  const time = {
    nowMs: clock.now().epochSeconds * 1_000,
    windowHours: config.lateRollbackWindowHours,
  };
  return answerForEach(deps, async (facts) => {
    const rollout = lateRollbackOf(facts, time);
    const judgement = rollout && judgeRefresh(facts, rollout, 'late-alarm');
    return judgement
      ? carryOut(facts, { judgement, rollout }, deps)
      : reportOn(facts, { state: 'skipped', block: { reason: 'not-moved' } });
  });
};
