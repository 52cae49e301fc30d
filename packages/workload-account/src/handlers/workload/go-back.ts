import { groupTags } from '@golden/shared/model/group.ts';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import type { Rollout } from './decide/facts.ts';
import { judgeRefresh, rollbackTag } from './decide/judge-refresh.ts';
import type { Judgement } from './decide/judge-refresh.ts';
import type { Deps } from './deps.ts';
import { loadFacts } from './load-groups.ts';
import type { LoadedFacts } from './load-groups.ts';
import { reportJudgement } from './report.ts';
import { startRefresh } from './start-refresh.ts';

/** A refresh can end while it is being taken back, once. */
const triesMax = 3;

/**
 * Does what a judgement asks for and says where the group stands then. The wish is written on the group first: a later
 * invocation goes on from there, and knows why.
 */
export const carryOut = async (
  facts: LoadedFacts,
  options: { judgement: Judgement; rollout: Rollout },
  deps: Deps,
): Promise<GroupReport> => {
  const { rollout } = options;
  let { judgement } = options;
  let now = facts;
  for (let tries = 0; tries < triesMax && judgement.kind !== 'report'; tries += 1) {
    const { reason } = judgement;
    const { name } = now.group;
    await remember(now, { rollout, reason }, deps);
    const isBegun =
      judgement.kind === 'roll-back'
        ? await takeBack(name, deps)
        : (await startRefresh(now.group, { versions: judgement.to, isGuarded: false }, deps)) !==
          undefined;
    if (isBegun) {
      deps.log.info('rollback-begun', { group: name, reason, ...rollout });
      break;
    }
    // It is not what it was a moment ago.
    now = await loadFacts(now.group, deps);
    judgement = judgeRefresh(now, rollout, reason) ?? judgement;
  }
  return reportJudgement(now, judgement);
};

/** Writes down on the group that it has to go back, and why. */
export const remember = async (
  { group: { name, tags } }: LoadedFacts,
  { rollout, reason }: { rollout: Rollout; reason: string },
  { autoScaling }: Deps,
): Promise<void> => {
  const tag = rollbackTag(rollout, reason);
  if (tags[groupTags.rollback] !== tag) await autoScaling.tag(name, { [groupTags.rollback]: tag });
};

/**
 * AWS's own rollback; where it refuses, the refresh is cancelled, and the group is refreshed back once that has ended.
 *
 * @returns false when there is nothing to take back any more
 */
const takeBack = async (group: string, { autoScaling }: Deps): Promise<boolean> => {
  const answer = await autoScaling.rollBack(group);
  if (answer !== 'irreversible') return answer === 'begun';
  const [newest] = await autoScaling.refreshes(group);
  return newest?.status === 'RollbackInProgress' || (await autoScaling.cancel(group)) === 'begun';
};
