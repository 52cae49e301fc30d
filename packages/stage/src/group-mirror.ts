import type { World } from '@golden/emulator';
import {
  activeRefresh,
  autoScalingState,
  type Group,
  type LaunchSource,
  type Refresh,
} from '@golden/emulator/services/autoscaling/state.ts';
import { ec2State } from '@golden/emulator/services/ec2/state.ts';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';

/** Where something is, by ids. */
export interface Spot {
  readonly account: string;
  readonly region: string;
}

/** One numbered launch template version, as far as rollouts care. */
export interface LaunchVersion {
  readonly templateId: string;
  readonly version: number;
  readonly ami: string;
  /** The rollout that made it; undefined for what its owner made. */
  readonly rolloutId: string | undefined;
}

export { activeRefresh, type Group, type Refresh };

/** Groups and launch templates as they stand this instant: looking takes no virtual time and writes no journal. */
export class GroupMirror {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  groupsAt(spot: Spot): readonly Group[] {
    return [...this.#groups(spot).values()];
  }

  group(spot: Spot, name: string): Group | undefined {
    return this.#groups(spot).get(name);
  }

  #groups({ account, region }: Spot): ReadonlyMap<string, Group> {
    return autoScalingState.in(this.#world.scope(account, region, 'autoscaling')).groups;
  }

  /** What a source launches, the main template first; none for a launch configuration and for versions that are gone. */
  versionsOf(spot: Spot, source: LaunchSource | undefined): readonly LaunchVersion[] {
    if (source === undefined || source.kind === 'configuration') return [];
    const templates =
      source.kind === 'template'
        ? [source.template]
        : [source.template, ...source.overrides.flatMap(({ template }) => template ?? [])];
    return templates.flatMap(({ id, version }) => this.#version(spot, id, version) ?? []);
  }

  #version({ account, region }: Spot, id: string, version: string): LaunchVersion | undefined {
    const scope = this.#world.scope(account, region, 'ec2');
    const template = ec2State.in(scope).launchTemplates.get(id);
    if (!template) return undefined;
    const number =
      version === '$Latest'
        ? Math.max(...template.versions.keys())
        : version === '$Default'
          ? template.defaultVersion
          : Number(version);
    const found = template.versions.get(number);
    return (
      found && {
        templateId: id,
        version: number,
        ami: found.data.ImageId ?? '',
        rolloutId: readMarker(found.description)?.rolloutId,
      }
    );
  }

  /** The rollout that a refresh moves its group for; undefined for a way back and for somebody else's. */
  rolloutOf(spot: Spot, refresh: Refresh): string | undefined {
    // A way back carries neither alarm nor automatic rollback.
    if (!refresh.preferences.AutoRollback) return undefined;
    return this.versionsOf(spot, refresh.desired)[0]?.rolloutId;
  }

  /** Images of the instances in service. */
  runningAt(group: Group): readonly string[] {
    return [...group.members.values()]
      .filter(({ state }) => state === 'InService')
      .map(({ imageId }) => imageId);
  }
}
