import type { RolloutRequest } from '@golden/shared/payload/workload-request.ts';
import type { WorkloadResponse } from '@golden/shared/payload/workload-response.ts';
import { judgeRefresh } from './decide/judge-refresh.ts';
import type { Deps } from './deps.ts';
import { carryOut } from './go-back.ts';
import { loadGroups } from './load-groups.ts';
import { forEachGroup } from './report.ts';
import { answered } from './response.ts';
import { reportNotMoved } from './status.ts';

/** Takes every group back that this rollout has moved; no other group is touched. */
export const rollback = async (
  { rolloutId, image, reason }: RolloutRequest & { action: 'rollback' },
  deps: Deps,
): Promise<WorkloadResponse> => {
  const { loaded, unread } = await loadGroups(deps);
  const rollout = { rolloutId, ami: image.ami };
  const reports = await forEachGroup(loaded, deps.log, async (facts) => {
    const judgement = judgeRefresh(facts, rollout, reason);
    return judgement
      ? carryOut(facts, { judgement, rollout }, deps)
      : reportNotMoved(facts, rollout);
  });
  return answered([...reports, ...unread]);
};
