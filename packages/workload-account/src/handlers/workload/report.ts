import { isPassing } from '@golden/shared/aws/error-codes.ts';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import type { Log } from '@golden/shared/runtime/log.ts';
import type { Assessment } from './decide/assess-group.ts';
import { savedVersion } from './decide/facts.ts';
import type { GroupFacts } from './decide/facts.ts';
import type { Judgement } from './decide/judge-refresh.ts';

/** What a group says of itself to any request, with where it stands. */
export const reportOn = (
  facts: GroupFacts,
  standing: Omit<GroupReport, 'group' | 'size' | 'image'>,
): GroupReport => ({
  group: facts.group.name,
  size: facts.group.size,
  image: savedVersion(facts)?.image ?? '',
  ...standing,
});

/** What an assessment says of a group that has not been moved. */
export const reportAssessment = (facts: GroupFacts & { assessment: Assessment }): GroupReport => {
  const { assessment } = facts;
  switch (assessment.kind) {
    case 'blocked':
      return reportOn(facts, { state: 'skipped', block: assessment.block });
    case 'up-to-date':
      return reportOn(facts, { state: 'up-to-date' });
    case 'ready':
      return reportOn(facts, { state: 'ready', warnings: assessment.warnings });
    default:
      return assessment satisfies never;
  }
};

/** What a judgement says of a group that this rollout has moved. */
export const reportJudgement = (facts: GroupFacts, judgement: Judgement): GroupReport => {
  const { id, status, percentageComplete } = judgement.refresh;
  const refresh = { id, status, percentageComplete };
  return reportOn(
    facts,
    judgement.kind === 'report'
      ? { ...judgement.standing, refresh }
      : { state: 'rolling-back', reason: judgement.reason, refresh },
  );
};

/**
 * Goes through groups one after the other. An error is the outcome of the one group that it happened to, and keeps no other
 * from its turn.
 */
export const forEachGroup = async <F extends GroupFacts>(
  facts: readonly F[],
  log: Log,
  report: (facts: F) => Promise<GroupReport>,
): Promise<GroupReport[]> => {
  const reports: GroupReport[] = [];
  for (const one of facts) {
    try {
      reports.push(await report(one));
    } catch (error) {
      reports.push(reportOn(one, failed(one.group.name, error, log)));
    }
  }
  return reports;
};

/** Some messages of AWS carry a page of code, and hundreds of groups have to fit into one answer. The log has all of it. */
const detailLengthMax = 250;

/** Why nothing is said of a group but the error. */
export const awsError = 'aws-error';

/** An error of AWS as the standing of a group. One that may pass says nothing about the group: it may be on its way. */
export const failed = (group: string, error: unknown, log: Log) => {
  const detail = String(error);
  log.error('group-failed', { group, detail });
  const short = detail.slice(0, detailLengthMax);
  const state: GroupReport['state'] = isPassing(error) ? 'unknown' : 'failed';
  return { state, reason: awsError, detail: short };
};
