import type { World } from '@golden/emulator';
import { sqsState } from '@golden/emulator/services/sqs/state.ts';
import { stepFunctionsState } from '@golden/emulator/services/stepfunctions/state.ts';
import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import { activeRefresh } from '@golden/stage/group-mirror.ts';
import type { SafetyWatch } from '@golden/stage/safety-watch.ts';
import { nameOf } from '@golden/stage/seeded-faults.ts';
import type { Fleet } from './fleet.ts';
import type { Deed } from './owners.ts';
import type { ActKind } from './scenario.ts';

/** Acts that take the workload stack away, its alarm with it. */
const takingStacks: readonly ActKind[] = [
  'leaves-unit',
  'leaves-organization',
  'deletes-stack-instance',
];

/**
 * What is still under way, in sentences; nothing when the organization is at rest. What nobody can end does not count: refreshes
 * in accounts that are closed, those that wait for an alarm that is gone with its stack, and builds whose outcome lies in the
 * failure queue.
 */
export function unrest(
  { stage, world, places }: Fleet,
  { state, groups }: SafetyWatch,
  deeds: readonly Deed[],
): string[] {
  const { infra } = stage.fleet;
  const found: string[] = [];
  for (const { version, state: at } of state.versions.values())
    if (at === 'claimed' || (at === 'building' && !hasLetterOf(world, 'FanOut')))
      found.push(`version ${version} is ${at}`);
  const home = { account: infra.infra.id, region: infra.home };
  const machines = stepFunctionsState.in(world.scope(home.account, home.region, 'stepfunctions'));
  for (const { arn, status } of machines.executions.values())
    if (status === 'RUNNING') found.push(`${arn} is running`);
  const queues = sqsState.in(world.scope(home.account, home.region, 'sqs')).queues;
  for (const { name, messages, fifo } of queues.values())
    if (fifo && messages.length > 0 && !/dead/i.test(name))
      found.push(`${name} holds ${messages.length} messages`);
  for (const { account, region } of places) {
    if (world.directory.get(account.id)?.state !== 'ACTIVE') continue;
    const spot = { account: account.id, region };
    for (const group of groups.groupsAt(spot)) {
      const refresh = activeRefresh(group);
      const isHeld = refresh?.statusReason?.includes('is paused: the CloudWatch alarm') ?? false;
      if (refresh && !(isHeld && hasTakenStack(deeds, account.name)))
        found.push(`${account.name} ${region} ${group.name}: refresh is ${refresh.status}`);
    }
  }
  return found;
}

const hasTakenStack = (deeds: readonly Deed[], account: string): boolean =>
  deeds.some(
    (deed) =>
      deed.account === account && deed.result === 'done' && takingStacks.includes(deed.kind),
  );

/** Whether Lambda has given up an event of a function of the infra account, which its failure queue then holds. */
export const hasLetterOf = ({ journal }: World, name: string): boolean =>
  journal.entries.some(
    (entry) => entry.name === 'event-dropped' && nameOf(String(entry.detail['function'])) === name,
  );

/** Rollouts that have no end although nothing is running any more. */
export const withoutEnd = ({ state }: SafetyWatch): string[] =>
  [...state.rollouts.values()]
    .filter(({ record }) => !isRolloutEnd(record.state))
    .map(({ record }) => record.rolloutId);
