import type { RolloutRecord } from '@golden/shared/model/rollout.ts';
import { requireRollout } from '@golden/shared/store/change-rollout.ts';
import { targetList } from '../../rollout/list-keys.ts';
import { listTargets, planWrites } from './decide.ts';
import type { Fleet } from './decide.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseListTargets } from './parse.ts';

/** What the state machine goes on with. */
export interface ListAnswer {
  /** How many are to be surveyed. */
  targetCount: number;
}

/**
 * Finds out where a rollout may go: a row for every account and Region, and the list of those that are surveyed.
 *
 * An organization that cannot be read is an error: without it, nobody knows who is left out.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<ListAnswer> => {
    const { rolloutId } = parseListTargets(event);
    const { value: rollout } = await requireRollout(deps.rollouts, rolloutId);
    const fleet = await loadFleet(deps, rollout);
    const recorded = await deps.rollouts.targets(rolloutId);
    const { rows, places } = planWrites(
      listTargets(fleet, deps.clock.now()),
      recorded.map(({ value }) => value),
    );
    // The list comes last: whoever reads it finds a row for each of its places.
    await deps.rollouts.putTargets(
      rolloutId,
      rows.map((value) => ({ value, revision: 0 })),
    );
    await deps.lists.write(targetList(rolloutId), places);
    deps.log.info('targets-listed', {
      rolloutId,
      rowCount: recorded.length + rows.length,
      targetCount: places.length,
    });
    return { targetCount: places.length };
  };

const loadFleet = async (deps: Deps, { amis }: RolloutRecord): Promise<Fleet> => {
  const [accounts, managementAccount, instances] = await Promise.all([
    deps.organization.accounts(),
    deps.organization.managementAccount(),
    deps.stackInstances?.list(),
  ]);
  return {
    accounts,
    managementAccount,
    instances,
    regions: deps.config.DISTRIBUTION_REGIONS,
    amis,
  };
};

export const handler = makeHandler(liveDeps(process.env));
