import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { RolloutImage } from '@golden/shared/model/rollout.ts';
import { inNameOrder } from '@golden/shared/model/text-order.ts';
import { buildIdentity } from '@golden/shared/model/rollout-id.ts';
import { decideArrival, readable } from '@golden/shared/plan/rollout-line.ts';
import { afterMove } from '@golden/shared/plan/version-changes.ts';
import type { VersionMove } from '@golden/shared/plan/version-changes.ts';
import { noticeTakeoverSeconds } from '@golden/shared/plan/version-notice.ts';
import { changeLock } from '@golden/shared/store/change-lock.ts';
import type { Deps } from './deps.ts';

/**
 * Begins the rollout of an image that is available. The execution is named after the image and its input is made of the image
 * alone: however often the message comes, there is one execution. An image that comes after a newer one goes nowhere.
 *
 * @param owner what this delivery is called, the same on each retry of it
 * @returns the version with its end, if it goes nowhere
 */
export const startRollout = async (
  version: VersionRecord,
  owner: string,
  deps: Deps,
): Promise<VersionRecord | undefined> => {
  const { ROLLOUT_MACHINE_ARN: machineArn, LINE: line } = deps.config;
  const { imageArn, amis = {}, n } = version;
  if (machineArn === '' || version.state !== 'available' || imageArn === undefined)
    return undefined;
  const { rolloutId, order } = buildIdentity(line, imageArn);
  const arrival = await changeLock(deps.rollouts, (lock) => {
    const decision = decideArrival(lock, order);
    const isNews = decision.kind === 'newest' && lock.highestArrived !== order;
    return Promise.resolve({ decision, lock: isNews ? decision.lock : undefined });
  });
  if (arrival.kind === 'outdated')
    return supersede(version, { by: readable(arrival.by), owner }, deps);
  const image: RolloutImage = {
    rolloutId,
    order,
    n,
    version: version.version,
    imageArn,
    amis: inNameOrder(amis),
  };
  const started = await deps.executions.start({
    machineArn,
    name: rolloutId,
    input: image,
  });
  deps.log.info('execution-started', { rolloutId, started });
  return undefined;
};

const supersede = async (
  version: VersionRecord,
  { by, owner }: { by: string; owner: string },
  deps: Deps,
): Promise<VersionRecord | undefined> => {
  const now = deps.clock.now();
  const move: VersionMove = {
    n: version.n,
    from: 'available',
    to: 'superseded',
    at: now.iso,
    facts: {
      reason: `${by} was available before it`,
      noticeDue: {
        code: 'image-outdated',
        owner,
        untilEpochSeconds: now.epochSeconds + noticeTakeoverSeconds,
      },
    },
  };
  const moved = await deps.versions.moveVersion(move);
  deps.log.warn('image-outdated', { version: version.version, by, moved });
  return moved === 'done' ? afterMove(version, move) : undefined;
};
