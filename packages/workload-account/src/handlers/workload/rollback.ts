import type { RolloutRequest } from '@golden/shared/payload/workload-request.ts';
import type { WorkloadResponse } from '@golden/shared/payload/workload-response.ts';
import { answerForEach } from './answer-for-each.ts';
import { judgeRefresh } from './decide/judge-refresh.ts';
import type { Deps } from './deps.ts';
import { carryOut } from './go-back.ts';
import { reportNotMoved } from './status.ts';

/** Takes every group back that this rollout has moved; no other group is touched. */
export const rollback = (
  { rolloutId, image, reason }: RolloutRequest & { action: 'rollback' },
  deps: Deps,
): Promise<WorkloadResponse> => {
  const rollout = { rolloutId, ami: image.ami };
  return answerForEach(deps, async (facts) => {
    const judgement = judgeRefresh(facts, rollout, reason);
    return judgement
      ? carryOut(facts, { judgement, rollout }, deps)
      : reportNotMoved(facts, rollout);
  });
};
