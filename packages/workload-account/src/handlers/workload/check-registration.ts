import { groupTags } from '@golden/shared/model/group.ts';
import { isMadeBy } from '@golden/shared/model/rollout-marker.ts';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import { resolveVersion } from './decide/facts.ts';
import type { Rollout } from './decide/facts.ts';
import type { Deps } from './deps.ts';
import type { LoadedFacts } from './load-groups.ts';

interface Registration {
  registration: NonNullable<GroupReport['registration']>;
  /** Ids of instances that should have joined and have not. */
  missing: readonly string[];
  /** Whether some have yet to show it: those that the refresh launched less than the grace ago. */
  isEarly?: boolean;
}

/**
 * Agents lose their connection several times an hour, for "only a few minutes" (re:Post, "Why is my Amazon ECS agent listed as
 * disconnected?"); only one that stays away counts. All groups of an invocation are waited for together: it has five minutes.
 */
export const patienceSeconds = 210;
const lookPauseMs = 20_000;

/**
 * Looks whether the new instances have joined their cluster, which no event tells: every one that is InService and was
 * launched longer ago than the grace has to be a connected container instance.
 *
 * @param options.agentsOf what is known of a cluster in this invocation: it may clear an instance, and never accuses one
 * @param options.until epoch seconds until which an agent that is known may stay away
 * @param endedAtMs when the refresh ended: what is launched later is not its own
 */
export const checkRegistration = async (
  facts: LoadedFacts,
  options: { rollout: Rollout; agentsOf: Deps['containers']['agentsOf']; until: number },
  endedAtMs: number | undefined,
  { config, clock, containers, ec2, log }: Deps,
): Promise<Registration> => {
  const { name, tags } = facts.group;
  const cluster = tags[groupTags.cluster];
  if (!cluster) return { registration: 'not-checked', missing: [] };
  const ids = newInstances(facts, options.rollout);
  const latestMs = clock.now().epochSeconds * 1_000 - config.registrationGraceSeconds * 1_000;
  const launchedAtMs = await ec2.launchedAtMs(ids);
  const launchedBefore = (ms = 0) => ids.filter((id) => (launchedAtMs.get(id) ?? Infinity) < ms);
  const old = launchedBefore(latestMs);
  const known = old.length === 0 ? undefined : await options.agentsOf(cluster);
  let missing = old.filter((id) => !known?.get(id));
  while (missing.length > 0) {
    const agents = await containers.agentsOf(cluster);
    missing = missing.filter((id) => !agents.get(id));
    // One that never came does not come back.
    if (missing.some((id) => !agents.has(id)) || clock.now().epochSeconds >= options.until) break;
    if (missing.length > 0) await clock.sleep(lookPauseMs);
  }
  if (missing.length > 0) log.warn('registration-missing', { group: name, cluster, missing });
  return {
    registration: 'checked',
    missing,
    isEarly: launchedBefore(endedAtMs).length > old.length,
  };
};

const newInstances = (facts: LoadedFacts, rollout: Rollout): string[] =>
  facts.group.instances
    .filter(
      ({ lifecycleState, launchedFrom: from }) =>
        lifecycleState === 'InService' &&
        isMadeBy(rollout, resolveVersion(facts, from)?.description),
    )
    .map(({ instanceId }) => instanceId);
