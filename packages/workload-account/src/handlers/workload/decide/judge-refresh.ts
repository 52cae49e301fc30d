import { groupTags, isActive } from '@golden/shared/model/group.ts';
import type { Group, InstanceRefresh } from '@golden/shared/model/group.ts';
import { recordedLastGood } from '@golden/shared/model/last-good.ts';
import type { GoodVersion } from '@golden/shared/model/last-good.ts';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import { hasImage, refreshOf } from './facts.ts';
import type { GroupFacts, Rollout } from './facts.ts';

/** Where the refresh of a rollout stands, and what has to be done about it. */
export type Judgement = { refresh: InstanceRefresh } & (
  | { kind: 'report'; standing: Pick<GroupReport, 'state' | 'reason' | 'detail'> }
  /** AWS takes the refresh back. */
  | { kind: 'roll-back'; reason: string }
  /** AWS no longer takes it back: a new refresh goes to what was recorded. */
  | { kind: 'refresh-back'; reason: string; to: readonly GoodVersion[] }
);

/** Why a way back was begun before; the tag was written before anything else. */
export const begunReason = ({ tags }: Group, { rolloutId }: Rollout): string | undefined => {
  const tag = tags[groupTags.rollback] ?? '';
  return tag.startsWith(`${rolloutId} `) ? tag.slice(rolloutId.length + 1) : undefined;
};

/** What the tag says about a way back: `<rollout id> <reason>`. */
export const rollbackTag = ({ rolloutId }: Rollout, reason: string): string =>
  `${rolloutId} ${reason}`;

const failures = {
  Failed: 'refresh-failed',
  Cancelled: 'refresh-cancelled',
  RollbackFailed: 'rollback-failed',
} as const;

/**
 * Judges the refresh of a rollout. AWS's own rollback is preferred as long as there is one; after that the recorded
 * version is refreshed to, and without a record nothing is guessed.
 *
 * @param wish why it has to go back now; undefined to find out where it stands
 * @returns undefined when the rollout never started a refresh of this group
 */
export const judgeRefresh = (
  facts: GroupFacts,
  rollout: Rollout,
  wish?: string,
): Judgement | undefined => {
  const found = refreshOf(facts, rollout);
  if (!found) return undefined;
  const { refresh } = found;
  const begun = begunReason(facts.group, rollout);
  const reason = begun ?? wish;
  const report = (state: GroupReport['state'], why?: string, detail?: string): Judgement => ({
    kind: 'report',
    refresh,
    standing: { state, ...(why && { reason: why }), ...(detail && { detail }) },
  });
  switch (refresh.status) {
    case 'Pending':
    case 'InProgress':
    case 'Baking':
      return reason === undefined ? report('moving') : { kind: 'roll-back', reason, refresh };
    case 'Cancelling':
    case 'RollbackInProgress':
      return report('rolling-back', begun);
    case 'RollbackSuccessful':
      return report('rolled-back', begun ?? 'alarm', refresh.rollbackReason);
    case 'Successful':
      if (reason === undefined) return report('refreshed');
      break;
    case 'Failed':
    case 'Cancelled':
    case 'RollbackFailed':
      if (reason === undefined)
        return report('failed', failures[refresh.status], refresh.statusReason);
      break;
    default:
      return refresh.status satisfies never;
  }
  // It has ended and the group has to go back: has a newer refresh done that, does one do it now?
  // Whoever moved it on to another image has left nothing to take back.
  if (found.later.some(({ status }) => status === 'Successful') && !hasImage(facts, rollout.ami))
    return report('rolled-back', reason);
  const to = recordedLastGood(facts.group.tags, rollout.rolloutId);
  if (!to) return report('failed', 'no-last-good');
  const back = found.later.find(
    ({ desired }) =>
      desired?.templateId === to[0]?.templateId && Number(desired?.version) === to[0]?.version,
  );
  if (back && isActive(back)) return report('rolling-back', reason);
  if (back?.status === 'Successful') return report('rolled-back', reason);
  // It is tried again only when somebody asks for it again.
  if (back && wish === undefined)
    return report('failed', 'rollback-failed', `${back.id} ${back.status} ${back.statusReason}`);
  // A refresh of somebody else has to end first.
  return found.later.some(isActive)
    ? report('rolling-back', 'refresh-in-progress')
    : { kind: 'refresh-back', reason, to, refresh };
};
