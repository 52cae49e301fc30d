import type { Member, Refresh } from './state.ts';

/** What the plan of an instance refresh looks at: the group's instances, sorted by what they are to it. */
export interface Census {
  readonly desired: number;
  /** Instances that count towards the capacity, or soon will: not those in standby or on their way out. */
  readonly alive: number;
  /** In service, healthy and, where they are new, warmed up. */
  readonly healthy: number;
  /** To be replaced, and nothing speaks against it; those that serve nobody first, then the oldest. */
  readonly replaceable: readonly Replaceable[];
  /** To be replaced, but somebody has to lift the protection first. */
  readonly protectedWaiting: readonly string[];
  /** To be replaced, but somebody has to bring it back from standby first. */
  readonly standbyWaiting: readonly string[];
  /** Of the capacity, not to be replaced: they match already, or the preferences leave them alone. */
  readonly kept: number;
  /** To be replaced or waited for, in standby: beside the capacity. */
  readonly standby: number;
  /** To be replaced and about to be gone, lifecycle hooks included. */
  readonly leaving: number;
  /** New ones that have not come into service. */
  readonly pending: number;
  /** How many of the pending ones wait at a lifecycle hook. */
  readonly hooked: number;
  /** New ones in service and healthy that warm up. */
  readonly warming: number;
  /** New ones in service that are not healthy, or on their way out themselves. */
  readonly failing: number;
  /** New ones that are updated: in service, healthy, warmed up. */
  readonly ready: number;
  /** When the next one has warmed up, milliseconds since 1970. */
  readonly nextReadyAt: number | undefined;
}

export interface Replaceable {
  readonly instanceId: string;
  /** Its end lowers the number of healthy instances. */
  readonly isServing: boolean;
  /** It counts towards the group's capacity; standby does not. */
  readonly isCounted: boolean;
}

const leavingStates: readonly Member['state'][] = [
  'Terminating',
  'Terminating:Wait',
  'Terminating:Proceed',
  'Terminated',
  'Detaching',
  'Detached',
];
const pendingStates: readonly Member['state'][] = ['Pending', 'Pending:Wait', 'Pending:Proceed'];

export const isLeaving = ({ state }: Member): boolean => leavingStates.includes(state);
export const isPending = ({ state }: Member): boolean => pendingStates.includes(state);
export const isStandby = ({ state }: Member): boolean =>
  state === 'Standby' || state === 'EnteringStandby';

/**
 * Sorts the instances of a group by what they are to a refresh. New instances count as healthy only after the refresh's
 * warm-up, the others at once.
 *
 * Source: EC2 Auto Scaling User Guide, "How an instance refresh works".
 *
 * @param options.isOld whether an instance is one that this phase of the refresh replaces
 * @param options.isNew whether it was launched since the phase began
 * @param options.launching launches without an instance yet
 */
export function takeCensus(
  members: Iterable<Member>,
  options: {
    readonly now: number;
    readonly desired: number;
    readonly launching: number;
    readonly preferences: Refresh['preferences'];
    readonly isOld: (member: Member) => boolean;
    readonly isNew: (member: Member) => boolean;
  },
): Census {
  const { now, desired, launching, preferences, isOld, isNew } = options;
  const warmupMs = preferences.InstanceWarmup * 1000;
  const all = [...members];
  const staying = all.filter((member) => !isLeaving(member));
  const old = staying.filter((member) => isOld(member));
  const fresh = all.filter((member) => !isOld(member) && isNew(member));
  const verdicts = old.map((member) => ({ member, verdict: verdictOn(member, preferences) }));
  const ids = (wanted: Verdict): string[] =>
    verdicts.flatMap(({ member, verdict }) => (verdict === wanted ? [member.instanceId] : []));
  const serving = fresh.filter((member) => member.state === 'InService' && isWell(member));
  const readyAt = serving.map(({ inServiceAt }) => (inServiceAt ?? now) + warmupMs);
  const ready = readyAt.filter((at) => at <= now).length;
  const pending = fresh.filter((member) => isPending(member));
  const others = staying.filter((member) => isOld(member) || !isNew(member));
  return {
    desired,
    alive: staying.filter((member) => !isStandby(member)).length + launching,
    healthy: ready + others.filter((one) => one.state === 'InService' && isWell(one)).length,
    replaceable: verdicts
      .flatMap(({ member, verdict }) => (verdict === 'replace' ? [member] : []))
      .map((member) => ({
        instanceId: member.instanceId,
        isServing: member.state === 'InService' && isWell(member),
        isCounted: !isStandby(member),
        launchedAt: member.launchedAt,
      }))
      .sort((a, b) => Number(a.isServing) - Number(b.isServing) || a.launchedAt - b.launchedAt),
    protectedWaiting: ids('wait-protected'),
    standbyWaiting: ids('wait-standby'),
    kept: staying.filter(
      (member) =>
        !isStandby(member) &&
        (isOld(member) ? verdictOn(member, preferences) === 'ignore' : !isNew(member)),
    ).length,
    standby: old.filter(
      (member) => isStandby(member) && verdictOn(member, preferences) !== 'ignore',
    ).length,
    leaving: all.filter((member) => isOld(member) && isLeaving(member)).length,
    pending: pending.length + launching,
    hooked: pending.filter(({ state }) => state === 'Pending:Wait').length,
    warming: serving.length - ready,
    failing: fresh.filter(
      (member) => isLeaving(member) || (member.state === 'InService' && !isWell(member)),
    ).length,
    ready,
    nextReadyAt: least(readyAt.filter((at) => at > now)),
  };
}

type Verdict = 'replace' | 'wait-protected' | 'wait-standby' | 'ignore';

/** Source: API Reference, RefreshPreferences, "ScaleInProtectedInstances" and "StandbyInstances". */
function verdictOn(member: Member, preferences: Refresh['preferences']): Verdict {
  if (isStandby(member)) {
    if (preferences.StandbyInstances === 'Terminate') return 'replace';
    return preferences.StandbyInstances === 'Ignore' ? 'ignore' : 'wait-standby';
  }
  if (member.isProtectedFromScaleIn) {
    if (preferences.ScaleInProtectedInstances === 'Refresh') return 'replace';
    return preferences.ScaleInProtectedInstances === 'Ignore' ? 'ignore' : 'wait-protected';
  }
  return 'replace';
}

const isWell = ({ health }: Member): boolean => health === 'Healthy';
const least = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : Math.min(...numbers);
