import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';
import { spendsBudget } from '@golden/shared/plan/target-outcome.ts';
import type { Revised } from '@golden/shared/store/rollout-store.ts';
import { untilWritten } from '@golden/shared/store/until-written.ts';
import { rowAfter } from './decide.ts';
import type { Deps } from './deps.ts';

/**
 * Writes into the row of a target that its groups have gone back.
 *
 * @throws GoldenError `races-lost`, retryable
 */
export const recordTarget = async (
  found: Revised<TargetRecord>,
  report: LateRollbackReport,
  { rollouts, clock, log }: Deps,
): Promise<void> => {
  const { rolloutId, account, region, groups } = report;
  let target = found;
  const recorded = await untilWritten(`the row of ${targetName(report)}`, async () => {
    const changed = rowAfter(target.value, report, clock.now());
    const { wave, ended } = changed ?? target.value;
    // The budget comes first: a wave that learns of a failure twice is no worse, one that never learns of it is.
    if (wave !== undefined && ended !== undefined && spendsBudget(ended.outcome))
      await rollouts.spendBudget(rolloutId, wave, report);
    if (changed === undefined) return 'as-it-was';
    const written = await rollouts.writeTarget(rolloutId, { ...target, value: changed });
    if (written === 'stale') target = await rollouts.target(rolloutId, report);
    return written;
  });
  if (recorded === 'done')
    log.warn('late-rollback-recorded', { rolloutId, account, region, groups });
};
