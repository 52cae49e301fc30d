import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { groupTags } from '@golden/shared/model/group.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { spendsBudget } from '@golden/shared/plan/target-outcome.ts';
import type { Place } from './fleet-stage.ts';
import { shapeOf } from './group-view.ts';
import { readRefreshes, type RefreshView } from './refresh-history.ts';
import type { RolloutStage, RolloutView } from './rollout-stage.ts';

/** A child that has just read the budget may still begin; so long its next calls take at most where none goes wrong. */
const startsLateMsMaxInQuiet = 5_000;
/**
 * Where calls go wrong: `steer-target` decides within its time-out of a minute, the question is put within a minute, and
 * `reach-account` and the handler have 330 seconds for it.
 */
export const startsLateMsMaxUnderFaults = (60 + 60 + 330) * 1_000;

interface Moved extends RefreshView {
  readonly place: Place;
}

/**
 * What holds after every run of rollouts, whatever went wrong in it: read from what AWS remembers of the groups and from the
 * journal, against what the product has recorded.
 *
 * @param places every account and Region that has groups
 * @param limits.startsLateMsMax how long after a stop a group may still begin to move
 * @returns a sentence for each breach; none when all hold
 */
export async function rolloutBreaches(
  stage: RolloutStage,
  places: readonly Place[],
  { startsLateMsMax = startsLateMsMaxInQuiet }: { readonly startsLateMsMax?: number } = {},
): Promise<string[]> {
  const versions = await stage.fleet.infra.versions();
  const rollouts: RolloutView[] = [];
  for (const version of versions) {
    const view = version.imageArn === undefined ? undefined : await stage.rollout(version);
    if (view) rollouts.push(view);
  }
  const moved: Moved[] = [];
  for (const place of places)
    for (const refresh of await readRefreshes(clientsOf(stage, place)))
      moved.push({ ...refresh, place });
  return [
    ...refreshedTwice(moved),
    ...wentBackwards(moved, rollouts),
    ...rollouts.flatMap((rollout) => [
      ...outOfOrder(rollout, moved),
      ...overBudget(rollout, moved, startsLateMsMax),
      ...withoutOutcome(rollout),
    ]),
    ...(await badLastGood(stage, { places, rollouts })),
    ...stableTooEarly(stage, rollouts),
  ];
}

const clientsOf = ({ fleet: { infra } }: RolloutStage, place: Place) => ({
  scaling: infra.client(AutoScalingClient, place),
  ec2: infra.client(EC2Client, place),
});

const groupOf = ({ place, group }: Moved): string =>
  `${place.account.name} ${place.region} ${group}`;

function refreshedTwice(moved: readonly Moved[]): string[] {
  const forward = moved.filter(
    ({ direction, rolloutId }) => direction === 'forward' && rolloutId !== undefined,
  );
  const byImage = Map.groupBy(forward, (one) => `${groupOf(one)} to ${one.rolloutId ?? ''}`);
  return [...byImage]
    .filter(([, refreshes]) => refreshes.length > 1)
    .map(([what, { length }]) => `${what}: ${length} refreshes`);
}

function wentBackwards(moved: readonly Moved[], rollouts: readonly RolloutView[]): string[] {
  const orders = new Map(rollouts.map(({ record }) => [String(record.rolloutId), record.order]));
  const forward = moved.filter(({ direction }) => direction === 'forward');
  return [...Map.groupBy(forward, groupOf)].flatMap(([group, refreshes]) => {
    const steps = refreshes
      .toSorted((one, other) => one.startedAt - other.startedAt)
      .map(({ rolloutId = '' }) => orders.get(rolloutId) ?? '');
    return steps.some((order, index) => order < (steps[index - 1] ?? ''))
      ? [`${group} went backwards: ${steps.join(' -> ')}`]
      : [];
  });
}

const refreshesOf = (
  { record, targets }: RolloutView,
  moved: readonly Moved[],
  wave: number,
): Moved[] =>
  moved.filter(
    ({ direction, rolloutId, place }) =>
      direction === 'forward' &&
      rolloutId === record.rolloutId &&
      targets.some(
        (target) =>
          target.wave === wave &&
          target.account === place.account.id &&
          target.region === place.region,
      ),
  );

/** Nobody waits for a target that gives no answer any more, or has had its time: what it began it goes on with. */
const isGivenUp = ({ targets }: RolloutView, { place }: Moved): boolean =>
  targets.some(
    ({ account, region, ended }) =>
      account === place.account.id &&
      region === place.region &&
      (ended?.outcome === 'unreachable' ||
        ended?.reason === 'timeout' ||
        ended?.reason === 'no-outcome'),
  );

/** A wave begins when the one before has come to rest. */
function outOfOrder(rollout: RolloutView, moved: readonly Moved[]): string[] {
  return rollout.waves.slice(1).flatMap(({ wave }) => {
    const before = refreshesOf(rollout, moved, wave - 1).filter((one) => !isGivenUp(rollout, one));
    const restedAt = Math.max(0, ...before.map(({ endedAt = Infinity }) => endedAt));
    return refreshesOf(rollout, moved, wave)
      .filter(({ startedAt }) => startedAt < restedAt)
      .map(
        (one) => `${groupOf(one)} of wave ${wave} began before wave ${wave - 1} had come to rest`,
      );
  });
}

/** Nothing begins after a wave has lost more targets than it may. */
function overBudget(
  rollout: RolloutView,
  moved: readonly Moved[],
  startsLateMsMax: number,
): string[] {
  return rollout.waves.flatMap(({ wave, budget }) => {
    const failedAt = rollout.targets
      .filter(
        (target) => target.wave === wave && target.ended && spendsBudget(target.ended.outcome),
      )
      .map(({ endedAt = '' }) => Date.parse(endedAt))
      .sort((one, other) => one - other);
    const spentAt = failedAt[budget];
    if (spentAt === undefined) return [];
    const later = rollout.waves.filter((other) => other.wave >= wave);
    return later
      .flatMap((other) => refreshesOf(rollout, moved, other.wave))
      .filter(({ startedAt }) => startedAt > spentAt + startsLateMsMax)
      .map((one) => `${groupOf(one)} began after the budget of wave ${wave} was spent`);
  });
}

function withoutOutcome({ record, targets }: RolloutView): string[] {
  if (!isRolloutEnd(record.state)) return [];
  const open = targets.filter(({ ended }) => ended === undefined);
  const counted = Object.values(record.outcomes ?? {}).reduce((sum, count) => sum + count, 0);
  return [
    ...open.map(
      ({ accountName, region }) => `${record.rolloutId}: ${accountName} ${region} has no outcome`,
    ),
    ...(counted === targets.length
      ? []
      : [`${record.rolloutId}: ${counted} outcomes were counted of ${targets.length} targets`]),
  ];
}

/**
 * An image that a group went back from, late or at once, is not what the group goes back to. One that was halted or revoked for
 * what it did elsewhere is no bad one where it stayed: that is what the group runs when the next image comes, AWS's own
 * rollback leads there, and a record of anything older would contradict it.
 */
async function badLastGood(
  stage: RolloutStage,
  { places, rollouts }: { places: readonly Place[]; rollouts: readonly RolloutView[] },
): Promise<string[]> {
  const breaches: string[] = [];
  for (const place of places)
    for (const [shape, { tags }] of await stage.fleet.groups(place)) {
      const lastGood = tags[groupTags.lastGood] ?? '';
      const bad = wentBackFrom(rollouts, place, shape);
      const found = bad.find((ami) => lastGood.includes(ami));
      if (found !== undefined)
        breaches.push(`${place.account.name} ${shape}: its last good image is ${found}, a bad one`);
    }
  return breaches;
}

const wentBackFrom = (
  rollouts: readonly RolloutView[],
  { account, region }: Place,
  shape: string,
): string[] =>
  rollouts
    .filter(({ targets }) =>
      targets.some(
        (target) =>
          target.account === account.id &&
          target.region === region &&
          target.groups.some(
            ({ group, state }) => shapeOf(group) === shape && state === 'rolled-back',
          ),
      ),
    )
    .flatMap(({ record }) => record.amis[region] ?? []);

/** `stable` is written when a rollout has been completed, or an image was revoked; never before. */
function stableTooEarly({ fleet }: RolloutStage, rollouts: readonly RolloutView[]): string[] {
  const name = fleet.infra.outputs['StableParameterName'] ?? '';
  const completedAt = rollouts.flatMap(({ record }) =>
    record.reachedAt.completed === undefined ? [] : [Date.parse(record.reachedAt.completed)],
  );
  return fleet.world.journal.entries
    .filter(
      (entry) =>
        entry.name === 'PutParameter' &&
        entry.error === undefined &&
        String(entry.detail['resource']).endsWith(name),
    )
    .filter(({ at }) => !completedAt.some((completed) => completed <= Date.parse(at)))
    .map(({ at }) => `stable was written at ${at}, before any rollout was completed`);
}
