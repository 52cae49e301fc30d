import type { Answered, GroupReport } from '@golden/shared/payload/workload-response.ts';
import type { Deps } from './deps.ts';
import { loadGroups } from './load-groups.ts';
import type { LoadedFacts } from './load-groups.ts';
import { forEachGroup } from './report.ts';
import { answered } from './response.ts';

/** Reads the groups that follow the line here and answers for each of them by itself. */
export const answerForEach = async (
  deps: Deps,
  report: (facts: LoadedFacts) => Promise<GroupReport>,
): Promise<Answered> => {
  const { loaded, unread } = await loadGroups(deps);
  return answered([...(await forEachGroup(loaded, deps.log, report)), ...unread]);
};
