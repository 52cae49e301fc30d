import type { Member } from './state.ts';

/** A subnet of a group, or one of its Availability Zones where it has no subnets. */
export interface Location {
  readonly subnetId: string | undefined;
  readonly availabilityZone: string;
}

const countIn = (members: readonly Member[], zone: string): number =>
  members.filter(({ availabilityZone }) => availabilityZone === zone).length;

/**
 * Where the next instance goes: the zone with the fewest instances, the first of them in the group's order.
 *
 * Source: EC2 Auto Scaling User Guide, "Distribution and rebalancing", balanced best effort.
 */
export const chooseLocation = (
  locations: readonly Location[],
  members: readonly Member[],
): Location | undefined =>
  locations.reduce<Location | undefined>(
    (best, candidate) =>
      !best ||
      countIn(members, candidate.availabilityZone) < countIn(members, best.availabilityZone)
        ? candidate
        : best,
    undefined,
  );

/** How old what an instance was launched from is: launch configurations first, then lower versions. */
const generation = ({ launchConfiguration, launchedFrom }: Member): number =>
  launchConfiguration === undefined ? Number(launchedFrom?.version ?? 0) : -1;

type Order = (a: Member, b: Member) => number;

const byGeneration: Order = (a, b) => generation(a) - generation(b);
const byAge: Order = (a, b) => a.launchedAt - b.launchedAt;

/** Source: EC2 Auto Scaling User Guide, "Termination policies"; the default's next billing hour is no criterion here. */
const orders: Readonly<Record<string, Order>> = {
  Default: byGeneration,
  NewestInstance: (a, b) => byAge(b, a),
  OldestInstance: byAge,
  OldestLaunchConfiguration: byGeneration,
  OldestLaunchTemplate: byGeneration,
};

/** The termination policies that are modelled. */
export const terminationPolicies = Object.keys(orders);

/**
 * The instances that scale-in takes: from the zone with the most instances, there by the group's policies, at last the
 * one that was launched first. Protected ones are never taken, so there may be fewer than asked for.
 */
export function chooseVictims(
  members: readonly Member[],
  count: number,
  policies: readonly string[],
): readonly Member[] {
  let remaining = members;
  const victims: Member[] = [];
  for (let taken = 0; taken < count; taken += 1) {
    const victim = nextVictim(remaining, policies);
    if (!victim) break;
    victims.push(victim);
    remaining = remaining.filter((member) => member !== victim);
  }
  return victims;
}

function nextVictim(members: readonly Member[], policies: readonly string[]): Member | undefined {
  const chosen = [...policies.flatMap((policy) => orders[policy] ?? []), byAge];
  const [first] = members
    .filter(({ isProtectedFromScaleIn }) => !isProtectedFromScaleIn)
    .sort(
      (a, b) =>
        countIn(members, b.availabilityZone) - countIn(members, a.availabilityZone) ||
        chosen.reduce((order, next) => order || next(a, b), 0),
    );
  return first;
}
