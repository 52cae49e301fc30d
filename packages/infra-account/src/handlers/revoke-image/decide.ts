import type { ImageLine } from '@golden/shared/model/ids.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { RolloutRecord } from '@golden/shared/model/rollout.ts';
import type { GroupRecord, TargetRecord } from '@golden/shared/model/target.ts';
import { canMove } from '@golden/shared/model/version-state.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';
import { lateRollbackStop } from '@golden/shared/plan/end-rollout.ts';
import { worstOf } from '@golden/shared/plan/target-outcome.ts';
import type { VersionMove } from '@golden/shared/plan/version-changes.ts';
import { noticeTakeoverSeconds } from '@golden/shared/plan/version-notice.ts';

/** Why a report is not believed. */
export type IgnoreReason =
  'other-line' | 'unknown-rollout' | 'unknown-target' | 'other-image' | 'not-moved';

/**
 * Whether an account may say this: it speaks for its own groups only, of a rollout that was told to move them, and of the image
 * that was to go there.
 */
export const refuseReport = (
  report: LateRollbackReport,
  known: {
    line: ImageLine;
    rollout: RolloutRecord | undefined;
    target: TargetRecord | undefined;
  },
): IgnoreReason | undefined => {
  const { line, rollout, target } = known;
  if (report.line !== line) return 'other-line';
  if (rollout === undefined) return 'unknown-rollout';
  if (target === undefined) return 'unknown-target';
  if (rollout.amis[report.region] !== report.ami) return 'other-image';
  return target.startedAt !== undefined && target.groups.some((group) => mayBeMoved(group, report))
    ? undefined
    : 'not-moved';
};

/** Whatever is recorded of it, unless that says that it was left alone. */
const mayBeMoved = ({ group, state }: GroupRecord, { groups }: LateRollbackReport): boolean =>
  groups.includes(group) && state !== 'up-to-date' && state !== 'skipped';

/**
 * The row of a target once its groups have gone back; undefined when nothing changes. A row without an outcome belongs to the
 * one who is moving the groups, who will see for himself; and so does a group that is known to be on its way.
 */
export const rowAfter = (
  target: TargetRecord,
  report: LateRollbackReport,
  now: Instant,
): TargetRecord | undefined => {
  const { ended } = target;
  const goesBack = ({ group, state }: GroupRecord): boolean =>
    state === 'refreshed' && report.groups.includes(group);
  if (ended === undefined || !target.groups.some(goesBack)) return undefined;
  const groups = target.groups.map((group): GroupRecord =>
    goesBack(group) ? { ...group, state: 'rolled-back', reason: 'late-alarm' } : group,
  );
  // What failed as a whole is no better for it.
  const isWorse = ended.outcome === 'failed' || ended.outcome === 'unreachable';
  return {
    ...target,
    groups,
    ended: isWorse ? ended : (worstOf(groups) ?? ended),
    endedAt: now.iso,
  };
};

/** The move that revokes the image, with the notice that it owes; undefined where the version has none to make. */
export const revocationOf = (
  version: VersionRecord,
  report: LateRollbackReport,
  delivery: { owner: string; now: Instant },
): VersionMove | undefined =>
  canMove(version.state, 'revoked')
    ? {
        n: version.n,
        from: version.state,
        to: 'revoked',
        at: delivery.now.iso,
        facts: {
          reason: lateRollbackStop(report).sentence,
          noticeDue: {
            code: 'image-revoked',
            owner: delivery.owner,
            untilEpochSeconds: delivery.now.epochSeconds + noticeTakeoverSeconds,
          },
        },
      }
    : undefined;
