import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';
import { lateRollbackStop } from '@golden/shared/plan/end-rollout.ts';
import { afterStop } from '@golden/shared/plan/rollout-line.ts';
import { dueNotice } from '@golden/shared/plan/version-notice.ts';
import { changeLock } from '@golden/shared/store/change-lock.ts';
import type { Revised } from '@golden/shared/store/rollout-store.ts';
import { settleNotice } from '@golden/shared/store/settle-notice.ts';
import { syncStable } from '../../rollout/sync-stable.ts';
import { refuseReport } from './decide.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseRevokeEvent } from './parse.ts';
import { recordTarget } from './record-target.ts';
import { revokeVersion } from './revoke-version.ts';

/** The one thing of Lambda's context that is used: it stays the same when Lambda retries an event. */
export interface InvocationContext {
  awsRequestId: string;
}

/**
 * An alarm took groups back after their refresh had ended: the rollout starts nothing more, the row of the target says so, the
 * image is revoked, `stable` is the version before it, and people know.
 *
 * Each step follows from what is written and can be done again. It is invoked asynchronously: what it throws, Lambda tries
 * twice more and then puts into the on-failure queue. A lost event changes nothing: a rollout asks every moved group again.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown, context: InvocationContext): Promise<void> => {
    const incoming = parseRevokeEvent(event);
    if (incoming.kind === 'ignored') {
      deps.log.warn('late-rollback-ignored', { why: incoming.why });
      return;
    }
    const { report } = incoming;
    const { rolloutId } = report;
    const rollout = await deps.rollouts.rollout(rolloutId);
    const target = rollout && (await findTarget(report, deps));
    const why = refuseReport(report, {
      line: deps.config.LINE,
      rollout: rollout?.value,
      target: target?.value,
    });
    if (why !== undefined || rollout === undefined || target === undefined) {
      deps.log.warn('late-rollback-ignored', { why, ...report });
      return;
    }
    // First of all, because meanwhile it goes on moving groups.
    const stop = lateRollbackStop(report);
    await changeLock(deps.rollouts, (lock) =>
      Promise.resolve({ decision: undefined, lock: afterStop(lock, rolloutId, stop) }),
    );
    await recordTarget(target, report, deps);
    const owner = context.awsRequestId;
    const version = await revokeVersion(rollout.value.n, { report, owner }, deps);
    // Hundreds of targets may report the same image at once: the one that revoked it sees to the rest.
    const delivery = { owner, nowEpochSeconds: deps.clock.now().epochSeconds };
    if (version === undefined || dueNotice(version, delivery) === undefined) return;
    await syncStable(deps);
    await settleNotice(version, owner, deps);
  };

const findTarget = async (
  report: LateRollbackReport,
  { rollouts }: Deps,
): Promise<Revised<TargetRecord> | undefined> => {
  try {
    return await rollouts.target(report.rolloutId, report);
  } catch (error) {
    if (error instanceof GoldenError && error.code === 'stored-item-missing') return undefined;
    throw error;
  }
};

export const handler = makeHandler(liveDeps(process.env));
