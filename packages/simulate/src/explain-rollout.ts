import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { spendsBudget } from '@golden/shared/plan/target-outcome.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { MirroredRollout } from '@golden/stage/state-mirror.ts';
import { explainTarget } from './explain-target.ts';
import type { Facts } from './facts.ts';
import { isBadImage } from './scenario.ts';

/** What was found about one rollout: reasons that are allowed, and what nothing explains. */
export interface Finding {
  readonly reasons: readonly string[];
  readonly breaches: readonly string[];
}

const infraFunctions = [
  'AcquireLine',
  'FanOut',
  'FinishRollout',
  'GateWave',
  'JudgeWave',
  'ListTargets',
  'PlanRollout',
  'ReachAccount',
  'RevokeImage',
  'SteerTarget',
];

/** Whether a rollout and each of its targets ended as they should have, or why not. */
export function explainRollout(rollout: MirroredRollout, facts: Facts): Finding {
  const { record, targets } = rollout;
  const { rolloutId } = record;
  const reasons = new Set<string>();
  const breaches: string[] = [];
  for (const target of targets.values()) {
    const found = explainTarget(target, rollout, facts);
    const { ended } = target;
    if (found === undefined)
      breaches.push(
        `${rolloutId}: ${target.accountName} ${target.region} is ${ended?.outcome ?? 'without an outcome'} ${ended?.reason ?? ''}, and nothing that happened explains it: ${ended?.sentence ?? ''}`,
      );
    else if (found !== 'as-deserved' && found !== 'stray') reasons.add(`target ${found}`);
    if (
      ended?.outcome === 'skipped' ||
      ended?.outcome === 'failed' ||
      ended?.outcome === 'unreachable'
    )
      if (ended.reason === undefined)
        breaches.push(`${rolloutId}: ${targetName(target)} is ${ended.outcome} without a reason`);
  }
  const end = explainEnd(rollout, facts);
  if (end === undefined)
    breaches.push(
      `${rolloutId} of a ${facts.fortuneOf(record.n)} image is ${record.state} (${record.stop?.code ?? 'no stop'}), and nothing that happened explains it: ${record.stop?.sentence ?? ''}`,
    );
  else if (end !== 'as-deserved') reasons.add(`rollout ${end}`);
  if (isRolloutEnd(record.state) && record.noticedAt === undefined)
    breaches.push(`${rolloutId} is ${record.state} and nobody was told`);
  return { reasons: [...reasons], breaches };
}

/** Reasons for which a rollout may end otherwise than its image deserves. */
type EndExplanation =
  | 'budget-spent'
  | 'engine-error'
  | 'execution-stopped'
  | 'late-alarm'
  | 'no-target'
  | 'nothing-moved'
  | 'superseded'
  | 'target-left-alone';

function explainEnd(
  rollout: MirroredRollout,
  facts: Facts,
): EndExplanation | 'as-deserved' | undefined {
  const { record, targets } = rollout;
  const fortune = facts.fortuneOf(record.n);
  const isBad = isBadImage(fortune);
  const spent = [...targets.values()].filter(
    ({ ended, wave }) => wave !== undefined && ended && spendsBudget(ended.outcome),
  );
  switch (record.state) {
    case 'completed':
      // Within the budget a bad image may lose every target that it reaches.
      if (!isBad) return 'as-deserved';
      return [...targets.values()].some(({ ended }) => ended?.outcome === 'refreshed')
        ? undefined
        : 'nothing-moved';
    case 'superseded':
      return facts.rollouts.some((other) => other.record.order > record.order)
        ? 'superseded'
        : undefined;
    case 'aborted':
      return facts.wasDone('stops-execution') ? 'execution-stopped' : undefined;
    case 'halted':
      switch (record.stop?.code) {
        case 'budget-exceeded':
          if (isBad) return 'as-deserved';
          if (spent.length > 0) return 'budget-spent';
          // A target that `steer-target` died of too often counts as failed, though it may be found to be well afterwards.
          return facts.wereStruck(['SteerTarget']) ? 'target-left-alone' : undefined;
        case 'late-rollback':
          return isBad ? 'as-deserved' : facts.run.alarms.length > 0 ? 'late-alarm' : undefined;
        case 'engine-error':
        case 'accounts-not-listed':
          return facts.wereStruck(infraFunctions) ? 'engine-error' : undefined;
        case 'no-target':
          return 'no-target';
        default:
          return undefined;
      }
    default:
      return facts.wasDone('stops-execution') ? 'execution-stopped' : undefined;
  }
}
