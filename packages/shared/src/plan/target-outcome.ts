import type { GroupState } from '../payload/workload-response.ts';
import type { ExplainedReport } from '../payload/target-answer.ts';
import type { Ended, TargetOutcome } from '../model/target.ts';

/** Outcomes that a target's groups can have, best first. */
const ranks = ['up-to-date', 'refreshed', 'skipped', 'rolled-back', 'failed'] as const;
type GroupOutcome = (typeof ranks)[number];

const isOutcome = (state: GroupState): state is GroupOutcome =>
  ranks.some((outcome) => outcome === state);

/** A group that is on its way, or of which nothing is known, has no outcome yet. */
export const isOpen = ({ state }: ExplainedReport): boolean => !isOutcome(state);

/** The worst of the groups, with that group's reason. Groups without an outcome do not count. */
export const worstOf = (groups: readonly ExplainedReport[]): Ended | undefined => {
  const ranked = groups
    .flatMap((group) => (isOutcome(group.state) ? [{ group, outcome: group.state }] : []))
    .toSorted((one, other) => ranks.indexOf(other.outcome) - ranks.indexOf(one.outcome));
  const [worst] = ranked;
  if (worst === undefined) return undefined;
  const { group, outcome } = worst;
  const reason = group.reason ?? group.block?.reason;
  const said = group.block?.sentence ?? group.detail;
  return {
    outcome,
    ...(reason !== undefined && { reason }),
    ...(said !== undefined && { sentence: `${group.group}: ${said}` }),
  };
};

/** Whether a planned target with this outcome counts against its wave's budget. */
export const spendsBudget = (outcome: TargetOutcome): boolean =>
  outcome === 'failed' || outcome === 'rolled-back' || outcome === 'unreachable';
