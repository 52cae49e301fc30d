import type { GroupRecord } from '@golden/shared/model/target.ts';
import type { Explained, ExplainedReport } from '@golden/shared/payload/target-answer.ts';

const gone: Explained = {
  reason: 'group-not-found',
  sentence: 'the group is gone, or left the line, since it was surveyed',
};

/** A group that moves, in whichever direction. */
export const isOnItsWay = ({ state }: ExplainedReport): boolean =>
  state === 'moving' || state === 'rolling-back';

/** What is known of the groups of a target after another answer. */
export const mergeReports = (
  known: readonly GroupRecord[],
  reports: readonly ExplainedReport[],
): GroupRecord[] => {
  const byName = new Map(reports.map((report) => [report.group, report]));
  const merged = known.map((before): GroupRecord => {
    const report = byName.get(before.group);
    byName.delete(before.group);
    if (report === undefined) return { ...before, state: 'skipped', block: gone };
    // Why a group was not moved is said by the answer to `refresh`; every later one only says that it was not.
    if (report.block?.reason === 'not-moved' && ['skipped', 'failed'].includes(before.state))
      return before;
    return { ...report, imageBefore: before.imageBefore };
  });
  const added = [...byName.values()].map((report) => ({ ...report, imageBefore: report.image }));
  return [...merged, ...added];
};
