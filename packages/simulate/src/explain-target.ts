import type { TargetRecord } from '@golden/shared/model/target.ts';
import type { MirroredRollout } from '@golden/stage/state-mirror.ts';
import { leaving, type Facts } from './facts.ts';
import { isBadImage } from './scenario.ts';

/**
 * Why a target did not end as its image deserves. Each word is checked against what really happened; anything else is a
 * failure.
 */
type TargetExplanation =
  | 'account-left'
  | 'launches-suspended'
  | 'calls-failed'
  | 'alarm-of-earlier-image'
  | 'alarm-by-hand'
  | 'refresh-of-earlier-image'
  | 'execution-stopped'
  | 'rollout-stopped'
  | 'superseded'
  | 'time-out'
  | 'stray';

/**
 * @returns `as-deserved`; an explanation that holds; undefined for an outcome that nothing explains
 */
export function explainTarget(
  target: TargetRecord,
  rollout: MirroredRollout,
  facts: Facts,
): TargetExplanation | 'as-deserved' | undefined {
  const { ended, accountName } = target;
  const { record } = rollout;
  const isBad = isBadImage(facts.fortuneOf(record.n));
  const ours = facts.run.scenario.accounts.find(({ name }) => name === accountName);
  if (!ours) return isStrayEnd(target) ? 'stray' : undefined;
  const hasGroups = ours.places.some(({ region }) => region === target.region);
  if (!hasGroups && ended?.outcome === 'not-enrolled') return 'as-deserved';
  if (ended === undefined)
    return facts.wasDone('stops-execution') ? 'execution-stopped' : undefined;
  switch (ended.outcome) {
    case 'refreshed':
    case 'up-to-date':
      return isBad ? explainBadThere(target, rollout, facts) : 'as-deserved';
    case 'rolled-back':
      return isBad ? 'as-deserved' : explainBack(target, rollout, facts);
    case 'skipped':
      return explainSkipped(target, rollout, facts);
    case 'failed':
    case 'unreachable':
    case 'not-enrolled':
      return explainFailure(target, facts);
    default:
      return ended.outcome satisfies never;
  }
}

const isStrayEnd = ({ ended }: TargetRecord): boolean =>
  ended?.outcome === 'not-enrolled' || ended?.reason === 'role-denied';

/** A bad image that stays is worse than anything else: only where nobody could see it. */
function explainBadThere(
  { account }: TargetRecord,
  { record }: MirroredRollout,
  facts: Facts,
): TargetExplanation | undefined {
  if (facts.deedsIn(account, leaving).length > 0) return 'account-left';
  if (record.state === 'aborted' && facts.wasDone('stops-execution')) return 'execution-stopped';
  return undefined;
}

/** An alarm does not ask which image raised it. */
function explainBack(
  { account, groups }: TargetRecord,
  { record }: MirroredRollout,
  facts: Facts,
): TargetExplanation | undefined {
  const { alarms } = facts.run;
  if (alarms.some((alarm) => alarm.account === account)) return 'alarm-by-hand';
  const wasBadBefore = facts.rollouts.some(
    (other) => other.record.order < record.order && isBadImage(facts.fortuneOf(other.record.n)),
  );
  const reasons = groups.map(({ reason }) => reason);
  if (wasBadBefore && reasons.some((reason) => reason === 'alarm' || reason === 'late-alarm'))
    return 'alarm-of-earlier-image';
  if (facts.deedsIn(account, ['suspends-launches']).length > 0) return 'launches-suspended';
  return undefined;
}

function explainSkipped(
  target: TargetRecord,
  { record }: MirroredRollout,
  facts: Facts,
): TargetExplanation | undefined {
  const { ended, account } = target;
  switch (ended?.reason) {
    case 'halted':
      return record.state === 'halted' ||
        record.state === 'aborted' ||
        facts.wasDone('stops-execution')
        ? 'rollout-stopped'
        : undefined;
    case 'superseded':
      // A newer one waited already; the rollout itself may have had to halt all the same.
      return facts.rollouts.some((other) => other.record.order > record.order)
        ? 'superseded'
        : undefined;
    case 'not-moved':
      // Its answer was lost, and by the time that it was asked again the rollout had had to stop.
      return record.state !== 'completed' && facts.wasCutOff(account)
        ? 'rollout-stopped'
        : undefined;
    case 'suspended-processes':
      return facts.deedsIn(account, ['suspends-launches']).length > 0
        ? 'launches-suspended'
        : undefined;
    case 'alarm-not-ok':
      return facts.run.alarms.some((alarm) => alarm.account === account)
        ? 'alarm-by-hand'
        : facts.rollouts.some(
              (other) =>
                other.record.order < record.order && isBadImage(facts.fortuneOf(other.record.n)),
            )
          ? 'alarm-of-earlier-image'
          : undefined;
    case 'refresh-in-progress':
    case 'instances-on-several-versions':
      return facts.rollouts.some((other) => other.record.order < record.order)
        ? 'refresh-of-earlier-image'
        : undefined;
    default:
      return undefined;
  }
}

function explainFailure(target: TargetRecord, facts: Facts): TargetExplanation | undefined {
  const { account, ended } = target;
  if (facts.deedsIn(account, leaving).length > 0) return 'account-left';
  if (facts.deedsIn(account, ['suspends-launches']).length > 0) return 'launches-suspended';
  if (ended?.reason === 'timeout') return 'time-out';
  if (ended?.reason === 'no-outcome' && facts.wasDone('stops-execution'))
    return 'execution-stopped';
  return facts.wasCutOff(account) ? 'calls-failed' : undefined;
}
