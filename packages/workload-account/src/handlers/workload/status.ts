import type { RolloutRequest } from '@golden/shared/payload/workload-request.ts';
import type { GroupReport, WorkloadOutcome } from '@golden/shared/payload/workload-response.ts';
import { answerForEach } from './answer-for-each.ts';
import { checkRegistration, patienceSeconds } from './check-registration.ts';
import { isOnImage } from './decide/facts.ts';
import type { Rollout } from './decide/facts.ts';
import { judgeRefresh } from './decide/judge-refresh.ts';
import type { Deps } from './deps.ts';
import { makeAgentReader } from './find-cluster.ts';
import { carryOut } from './go-back.ts';
import type { LoadedFacts } from './load-groups.ts';
import { reportOn } from './report.ts';

/** Says where each group stands, and takes those back whose new instances do not join their cluster. */
export const status = (
  { rolloutId, image }: RolloutRequest,
  deps: Deps,
): Promise<WorkloadOutcome> => {
  const options = {
    rollout: { rolloutId, ami: image.ami },
    agentsOf: makeAgentReader(deps),
    until: deps.clock.now().epochSeconds + patienceSeconds,
  };
  return answerForEach(deps, (facts) => statusOf(facts, options, deps));
};

/** What a group answers that this rollout has not moved. */
export const reportNotMoved = (facts: LoadedFacts, { ami }: Rollout): GroupReport =>
  reportOn(
    facts,
    isOnImage(facts, ami)
      ? { state: 'up-to-date' }
      : { state: 'skipped', block: { reason: 'not-moved' } },
  );

const statusOf = async (
  facts: LoadedFacts,
  options: Parameters<typeof checkRegistration>[1],
  deps: Deps,
): Promise<GroupReport> => {
  const { rollout } = options;
  const judgement = judgeRefresh(facts, rollout);
  if (!judgement) return reportNotMoved(facts, rollout);
  const isNew =
    judgement.kind === 'report' && ['moving', 'refreshed'].includes(judgement.standing.state);
  if (!isNew) return carryOut(facts, { judgement, rollout }, deps);
  const { endedAtMs } = judgement.refresh;
  const { registration, missing, isEarly } = await checkRegistration(
    facts,
    options,
    endedAtMs,
    deps,
  );
  if (missing.length === 0)
    return {
      ...(await carryOut(facts, { judgement, rollout }, deps)),
      ...(isEarly && { state: 'moving' }),
      registration,
    };
  const back = judgeRefresh(facts, rollout, 'agent-not-registered') ?? judgement;
  return {
    ...(await carryOut(facts, { judgement: back, rollout }, deps)),
    detail: missing.join(' '),
    registration,
  };
};
