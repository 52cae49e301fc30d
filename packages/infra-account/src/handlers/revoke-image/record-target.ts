import { GoldenError } from '@golden/shared/model/golden-error.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';
import { spendsBudget } from '@golden/shared/plan/target-outcome.ts';
import type { Revised } from '@golden/shared/store/rollout-store.ts';
import { rowAfter } from './decide.ts';
import type { Deps } from './deps.ts';

/** Its own child, and other reports of the same account. */
const racesMax = 5;

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
  const { rolloutId } = report;
  let target = found;
  for (let race = 0; race < racesMax; race += 1) {
    const changed = rowAfter(target.value, report, clock.now());
    const { wave, ended } = changed ?? target.value;
    // The budget comes first: a wave that learns of a failure twice is no worse, one that never learns of it is.
    if (wave !== undefined && ended !== undefined && spendsBudget(ended.outcome))
      await rollouts.spendBudget(rolloutId, wave, report);
    if (changed === undefined) return;
    const written = await rollouts.writeTarget(rolloutId, { ...target, value: changed });
    if (written === 'done') {
      const { account, region, groups } = report;
      log.warn('late-rollback-recorded', { rolloutId, account, region, groups });
      return;
    }
    target = await rollouts.target(rolloutId, report);
  }
  throw new GoldenError({
    code: 'races-lost',
    message: `the row of ${targetName(report)} changed under ${racesMax} tries; Lambda delivers the event again`,
    retryable: true,
  });
};
