import type { RolloutRequest } from '@golden/shared/payload/workload-request.ts';
import type { WorkloadOutcome } from '@golden/shared/payload/workload-response.ts';
import { answerForEach } from './answer-for-each.ts';
import { begunReason, judgeRefresh } from './decide/judge-refresh.ts';
import type { Deps } from './deps.ts';
import { carryOut, remember } from './go-back.ts';
import { reportNotMoved } from './status.ts';

/** Takes every group back that this rollout has moved; no other group is touched. */
export const rollback = (
  { rolloutId, image, reason }: RolloutRequest & { action: 'rollback' },
  deps: Deps,
): Promise<WorkloadOutcome> => {
  const rollout = { rolloutId, ami: image.ami };
  return answerForEach(deps, async (facts) => {
    const judgement = judgeRefresh(facts, rollout, reason);
    if (!judgement) return reportNotMoved(facts, rollout);
    // Somebody else is at work, and may not end where this rollout began: a later `status` goes on from there.
    const isUnderWay = judgement.kind === 'report' && judgement.standing.state === 'rolling-back';
    if (isUnderWay && !begunReason(facts.group, rollout))
      await remember(facts, { rollout, reason }, deps);
    return carryOut(facts, { judgement, rollout }, deps);
  });
};
