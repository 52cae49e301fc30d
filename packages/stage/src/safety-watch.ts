import type { JournalEntry } from '@golden/emulator';
import { GroupMirror, type Group, type Spot } from './group-mirror.ts';
import {
  startBreaches,
  strengthBreaches,
  tagBreaches,
  touchBreaches,
  type RefreshFacts,
} from './refresh-watch.ts';
import type { RolloutStage } from './rollout-stage.ts';
import { StateMirror } from './state-mirror.ts';
import { StopLedger } from './stop-ledger.ts';
import { tableBreaches } from './table-watch.ts';

/** Something that must never happen, with the journal entry that it was seen at. */
export interface Breach {
  readonly sequence: number;
  /** ISO 8601, virtual time. */
  readonly at: string;
  readonly sentence: string;
}

/** What the watch cannot find out by itself. */
export interface SafetyRules {
  /** The parameter `RolloutConcurrency`. */
  readonly concurrency: number;
  /** Ids of accounts that nobody may ever ask. */
  readonly forbidden: ReadonlySet<string>;
  /** Numbers of versions that must never be stable. */
  readonly isBadVersion: (n: number) => boolean;
}

/**
 * Looks after each journal entry whether anything has happened that never may: whatever goes wrong, in whichever order. It
 * reads the embedded AWS itself, so that looking changes nothing.
 */
export class SafetyWatch {
  readonly breaches: Breach[] = [];
  readonly state: StateMirror;
  readonly groups: GroupMirror;
  readonly #stage: RolloutStage;
  readonly #rules: SafetyRules;
  readonly #stops = new StopLedger();
  readonly #end: () => void;

  /** @param stage with its stack deployed */
  constructor(stage: RolloutStage, rules: SafetyRules) {
    this.#stage = stage;
    this.#rules = rules;
    const { infra, world } = stage.fleet;
    this.state = new StateMirror(world, {
      account: infra.infra.id,
      region: infra.home,
      name: infra.outputs['StateTableName'] ?? '',
    });
    this.groups = new GroupMirror(world);
    this.#end = world.journal.onEntry((entry) => {
      // What is refused changes nothing; but whoever must not be asked must not be asked in vain either.
      if (entry.error !== undefined && entry.service !== 'sts') return;
      for (const sentence of this.#look(entry))
        this.breaches.push({ sequence: entry.sequence, at: entry.at, sentence });
    });
  }

  end(): void {
    this.#end();
  }

  #look(entry: JournalEntry): string[] {
    switch (entry.service) {
      case 'dynamodb':
        return entry.writes === true ? this.#lookAtTable() : [];
      case 'autoscaling':
        return this.#lookAtGroup(entry);
      case 'ssm':
        return this.#lookAtStable(entry);
      case 'sts':
        return this.#lookAtCaller(entry);
      default:
        return [];
    }
  }

  #lookAtTable(): string[] {
    const { world } = this.#stage.fleet;
    return this.state.look().flatMap((change) => {
      this.#stops.take(change, world.scheduler.now);
      return tableBreaches(change, {
        world,
        state: this.state,
        stops: this.#stops,
        concurrency: this.#rules.concurrency,
      });
    });
  }

  #lookAtGroup({ account, region, name, by = '', kind, writes, detail }: JournalEntry): string[] {
    const spot = { account, region };
    if (kind === 'event') {
      if (name !== 'member') return [];
      const group = this.groups.group(spot, String(detail['group']));
      return group ? strengthBreaches({ spot, group }) : [];
    }
    if (!this.#isHandler(by)) return [];
    const group = this.#groupOf(spot, String(detail['resource']));
    if (!group) return [];
    const touched = { spot, group };
    const facts = this.#facts();
    const outside = writes === true ? touchBreaches(touched, name, facts) : [];
    if (name === 'StartInstanceRefresh') return [...outside, ...startBreaches(touched, facts)];
    if (name === 'CreateOrUpdateTags') return [...outside, ...tagBreaches(touched, facts)];
    return outside;
  }

  /** `stable` is set to what is stable, and never to an image that is bad. */
  #lookAtStable({ name, detail }: JournalEntry): string[] {
    const { outputs } = this.#stage.fleet.infra;
    if (
      name !== 'PutParameter' ||
      !String(detail['resource']).endsWith(outputs['StableParameterName'] ?? '')
    )
      return [];
    const newest = [...this.state.versions.values()].filter(
      ({ reachedAt }) => reachedAt.stable !== undefined,
    );
    const bad = newest.filter(({ n, state }) => state === 'stable' && this.#rules.isBadVersion(n));
    if (newest.length === 0) return ['stable was written before any version was'];
    return bad.map(({ version }) => `${version}, a bad image, is stable`);
  }

  /** Who is in no unit of the rollout is never asked. */
  #lookAtCaller({ name, detail, by = '' }: JournalEntry): string[] {
    if (name !== 'AssumeRole' || !by.includes('ReachAccount')) return [];
    const [, , , , account = ''] = String(detail['resource']).split(':');
    return this.#rules.forbidden.has(account) ? [`${account}, which is in no unit, was asked`] : [];
  }

  #isHandler(by: string): boolean {
    return by.endsWith(`/golden-${this.#stage.fleet.infra.line}-handler`);
  }

  #groupOf(spot: Spot, arn: string): Group | undefined {
    return this.groups.group(spot, arn.split('autoScalingGroupName/')[1] ?? '');
  }

  #facts(): RefreshFacts {
    return {
      groups: this.groups,
      state: this.state,
      stops: this.#stops,
      now: this.#stage.fleet.world.scheduler.now,
    };
  }
}
