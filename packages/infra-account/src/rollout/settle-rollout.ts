import type { Notices } from '@golden/shared/aws/notices.ts';
import type { StableParameter } from '@golden/shared/aws/stable-parameter.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { NoticedTarget } from '@golden/shared/model/notice.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import type { RolloutEnd, RolloutRecord, StopReason } from '@golden/shared/model/rollout.ts';
import type { RolloutId } from '@golden/shared/model/rollout-id.ts';
import { targetName } from '@golden/shared/model/target.ts';
import type { TargetRecord } from '@golden/shared/model/target.ts';
import { canMove } from '@golden/shared/model/version-state.ts';
import { endingOf, settleTargets, versionStateOf } from '@golden/shared/plan/end-rollout.ts';
import type { RolloutEnding } from '@golden/shared/plan/end-rollout.ts';
import { outcomeCounts } from '@golden/shared/plan/plan-waves.ts';
import { afterRelease, standingOf } from '@golden/shared/plan/rollout-line.ts';
import { spendsBudget } from '@golden/shared/plan/target-outcome.ts';
import { changeLock } from '@golden/shared/store/change-lock.ts';
import { changeRollout, requireRollout } from '@golden/shared/store/change-rollout.ts';
import type { Revised } from '@golden/shared/store/rollout-store.ts';
import { untilWritten } from '@golden/shared/store/until-written.ts';
import type { VersionStore } from '@golden/shared/store/version-store.ts';
import type { RolloutDeps } from './rollout-deps.ts';
import { syncStable } from './sync-stable.ts';

export interface SettleDeps extends RolloutDeps {
  versions: VersionStore;
  stable: StableParameter;
  notices: Notices;
}

/** What fits into one e-mail that somebody reads. */
const noticedTargetsMax = 50;
/** A sentence holds what an account answered, and SNS takes 256 KiB for all of them. */
const noticedCharactersMax = 500;

/**
 * Brings a rollout to its end: every target has an outcome, then the rollout itself, then the image version, then `stable`, then
 * the line is free, then people know. Each step follows from what is written, so that it can be done again from the start
 * whenever it was cut off.
 *
 * @param error why it ends, if not for a reason that is recorded
 */
export const settleRollout = async (
  rolloutId: RolloutId,
  error: StopReason | undefined,
  deps: SettleDeps,
): Promise<void> => {
  const targets = await deps.rollouts.targets(rolloutId);
  const rollout = await endRollout(rolloutId, { targets, error }, deps);
  await endVersion(rollout, targets, deps);
  await syncStable(deps);
  await changeLock(deps.rollouts, (lock) =>
    Promise.resolve({ decision: undefined, lock: afterRelease(lock, rollout.executionArn) }),
  );
  await tell(rollout, targets, deps);
};

/** @returns the rollout with its end */
const endRollout = async (
  rolloutId: RolloutId,
  found: { targets: Revised<TargetRecord>[]; error: StopReason | undefined },
  deps: SettleDeps,
): Promise<RolloutRecord> => {
  const { value: rollout } = await requireRollout(deps.rollouts, rolloutId);
  if (isRolloutEnd(rollout.state)) return rollout;
  const { value: lock } = await deps.rollouts.lock();
  const ending = endingOf({
    rollout,
    standing: standingOf(lock, rolloutId),
    waves: await deps.rollouts.waves(rolloutId),
    targets: found.targets.map(({ value }) => value),
    ...(found.error && { error: found.error }),
  });
  const now = deps.clock.now();
  await settle(rolloutId, { targets: found.targets, ending, now }, deps);
  const outcomes = outcomeCounts(found.targets.map(({ value }) => value));
  const ended = await changeRollout(deps.rollouts, rolloutId, (current) =>
    isRolloutEnd(current.state)
      ? undefined
      : {
          ...current,
          ...ending,
          outcomes,
          reachedAt: { ...current.reachedAt, [ending.state]: now.iso },
        },
  );
  logEnd(ended, deps);
  return ended;
};

/** Gives those without an outcome theirs, in the table and in `targets`. */
const settle = async (
  rolloutId: RolloutId,
  change: {
    targets: Revised<TargetRecord>[];
    ending: RolloutEnding;
    now: Instant;
  },
  deps: SettleDeps,
): Promise<void> => {
  const { targets, ending, now } = change;
  for (const [index, target] of targets.entries())
    targets[index] = await settleTarget(rolloutId, target, { ending, now }, deps);
};

/** Its own child may be faster and then knows better, or be cut off between two steps: so what it wrote is looked at again. */
const settleTarget = async (
  rolloutId: RolloutId,
  found: Revised<TargetRecord>,
  { ending, now }: { ending: RolloutEnding; now: Instant },
  { rollouts }: SettleDeps,
): Promise<Revised<TargetRecord>> => {
  let target = found;
  return untilWritten(`the row of ${targetName(found.value)}`, async () => {
    const [settled] = settleTargets([target.value], ending, now);
    if (settled === undefined) return target;
    const written = await rollouts.writeTarget(rolloutId, { ...target, value: settled });
    if (written === 'done') return { value: settled, revision: target.revision + 1 };
    target = await rollouts.target(rolloutId, target.value);
    return written;
  });
};

const logEnd = ({ rolloutId, state, stop, outcomes }: RolloutRecord, { log }: SettleDeps): void => {
  const fields = { rolloutId, stop, outcomes };
  const end: RolloutEnd = isRolloutEnd(state) ? state : 'aborted';
  const level = end === 'completed' || end === 'superseded' ? 'info' : 'error';
  log[level](`rollout-${end}`, fields);
};

const endVersion = async (
  rollout: RolloutRecord,
  targets: readonly Revised<TargetRecord>[],
  deps: SettleDeps,
): Promise<void> => {
  const end = isRolloutEnd(rollout.state) ? rollout.state : 'aborted';
  const to = versionStateOf(
    { state: end, ...(rollout.stop && { stop: rollout.stop }) },
    targets.map(({ value }) => value),
  );
  await untilWritten(`version ${rollout.version}`, async () => {
    const version = await deps.versions.version(rollout.n);
    // Another end, such as that it was revoked meanwhile, stays.
    if (version === undefined || !canMove(version.state, to)) return 'as-it-was';
    return deps.versions.moveVersion({
      n: rollout.n,
      from: version.state,
      to,
      at: deps.clock.now().iso,
      facts: rollout.stop === undefined ? {} : { reason: rollout.stop.sentence },
    });
  });
};

const tell = async (
  rollout: RolloutRecord,
  targets: readonly Revised<TargetRecord>[],
  deps: SettleDeps,
): Promise<void> => {
  if (rollout.noticedAt !== undefined || !isRolloutEnd(rollout.state)) return;
  const { rolloutId, version, stop, outcomes = {}, state } = rollout;
  const at = deps.clock.now().iso;
  await deps.notices.send(
    {
      code: `rollout-${state}`,
      version,
      rolloutId,
      reason: stop?.sentence ?? '',
      outcomes,
      targets: targets
        .map(({ value }) => value)
        .filter(isBad)
        .slice(0, noticedTargetsMax)
        .map(noticed),
    },
    at,
  );
  // Told twice after a crash right here, and never not at all.
  await changeRollout(deps.rollouts, rolloutId, (current) =>
    current.noticedAt === undefined ? { ...current, noticedAt: at } : undefined,
  );
  deps.log.info('notice-sent', { notice: `rollout-${state}`, version });
};

const isBad = ({ ended }: TargetRecord): boolean =>
  ended !== undefined && spendsBudget(ended.outcome);

const noticed = ({ account, accountName, region, ended }: TargetRecord): NoticedTarget => ({
  account,
  accountName,
  region,
  outcome: ended?.outcome ?? '',
  sentence: (ended?.sentence ?? ended?.reason ?? '').slice(0, noticedCharactersMax),
});
