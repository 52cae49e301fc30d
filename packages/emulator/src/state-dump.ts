import { cloudFormationState, type Stack } from './cloudformation/stack-state.ts';
import { autoScalingState, type Group } from './services/autoscaling/state.ts';
import { cloudwatchState } from './services/cloudwatch/state.ts';
import { ec2State, registryOf } from './services/ec2/state.ts';
import type { World } from './world/world.ts';

/**
 * What stands in a world, as plain data for people and scripts: more than any one client of AWS can see, and without
 * credentials. Instants are ISO 8601 in virtual time; lists are in the order in which things were made.
 */
export function dumpState(world: World): object {
  return {
    now: new Date(world.scheduler.now).toISOString(),
    settings: world.settings,
    dueEvents: world.scheduler.pending,
    accounts: world.directory.accounts,
    stacks: stacksOf(world),
    groups: groupsOf(world),
    images: imagesOf(world),
    alarms: alarmsOf(world),
    journal: countJournal(world),
  };
}

const stacksOf = (world: World): object[] =>
  cloudFormationState
    .all(world)
    .flatMap(({ account, region, state }) =>
      [...state.stacks.values()].map((stack) => ({ account, region, ...describeStack(stack) })),
    );

const describeStack = (stack: Stack): object => ({
  name: stack.name,
  id: stack.id,
  status: stack.status,
  statusReason: stack.statusReason,
  createdAt: stack.createdAt.toISOString(),
  outputs: Object.fromEntries(stack.outputs.map(({ name, value }) => [name, value])),
  resources: [...stack.resources.values()].map(({ logicalId, type, physicalId, status }) => ({
    logicalId,
    type,
    physicalId,
    status,
  })),
});

const groupsOf = (world: World): object[] =>
  autoScalingState
    .all(world)
    .flatMap(({ account, region, state }) =>
      [...state.groups.values()].map((group) => ({ account, region, ...describeGroup(group) })),
    );

const describeGroup = (group: Group): object => ({
  name: group.name,
  desiredCapacity: group.desiredCapacity,
  launchesFrom: group.source,
  instances: [...group.members.values()].map(({ instanceId, imageId, state, health }) => ({
    instanceId,
    imageId,
    state,
    health,
  })),
  refreshes: group.refreshes.map(({ id, status, statusReason }) => ({ id, status, statusReason })),
});

/** Amazon's own images are in every Region and say nothing about what happened. */
function imagesOf(world: World): object[] {
  const regions = new Set(ec2State.all(world).map(({ region }) => region));
  return [...regions].sort().flatMap((region) =>
    [...registryOf(world.scope('-', region, 'ec2')).images.values()]
      .filter(({ ownerAlias }) => ownerAlias === undefined)
      .map(({ id, owner, name, state, createdAt, permissions }) => ({
        region,
        id,
        owner,
        name,
        state,
        createdAt: createdAt.toISOString(),
        sharedWith: [...permissions.keys()],
      })),
  );
}

const alarmsOf = (world: World): object[] =>
  cloudwatchState.all(world).flatMap(({ account, region, state }) =>
    [...state.alarms.values()].map((alarm) => ({
      account,
      region,
      name: alarm.name,
      state: alarm.state.value,
      reason: alarm.state.reason,
    })),
  );

function countJournal({ journal: { entries } }: World): object {
  const count = (names: readonly string[]): Record<string, number> => {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
  };
  return {
    entries: entries.length,
    calls: count(entries.filter(({ kind }) => kind === 'call').map(({ service }) => service)),
    events: count(entries.filter(({ kind }) => kind === 'event').map(({ service }) => service)),
    errors: count(entries.flatMap(({ error }) => error ?? [])),
  };
}
