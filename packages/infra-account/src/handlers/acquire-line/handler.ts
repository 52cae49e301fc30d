import { secondsSince } from '@golden/shared/model/instant.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { LineHolder } from '@golden/shared/model/rollout.ts';
import { isSameRecord } from '@golden/shared/model/same-record.ts';
import { decideAcquire, readable } from '@golden/shared/plan/rollout-line.ts';
import type { AcquireDecision } from '@golden/shared/plan/rollout-line.ts';
import { changeLock } from '@golden/shared/store/change-lock.ts';
import { changeRollout } from '@golden/shared/store/change-rollout.ts';
import { announce } from '../../rollout/announce.ts';
import { settleRollout } from '../../rollout/settle-rollout.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { parseAcquireRequest } from './parse.ts';
import type { AcquireRequest } from './parse.ts';
import { settleStrays } from './settle-strays.ts';

/** What the state machine does next. */
export interface AcquireAnswer {
  next: 'go' | 'wait' | 'stop';
  waitSeconds: number;
}

/**
 * Gives the line to one rollout at a time. A newer image waits until the one that has the line has come to rest, and makes it
 * start nothing more; an older one never gets it.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<AcquireAnswer> => {
    const request = parseAcquireRequest(event);
    await announce(request, deps);
    const decision = await applyForLine(request, deps);
    switch (decision.kind) {
      case 'take':
      case 'acquired':
        return begin(request, deps);
      case 'wait':
        return { next: 'wait', waitSeconds: decision.waitSeconds };
      case 'superseded':
        return superseded(
          request,
          `a newer image, ${readable(decision.by)}, came before it had the line`,
          deps,
        );
      default:
        return decision satisfies never;
    }
  };

const applyForLine = (request: AcquireRequest, deps: Deps): Promise<AcquireDecision> =>
  changeLock(deps.rollouts, async (lock) => {
    const now = deps.clock.now();
    const { holder } = lock;
    const isOther = holder !== undefined && holder.executionArn !== request.executionArn;
    const holderIsAlive = isOther && (await isAlive(holder, now, deps));
    const decision = decideAcquire(
      lock,
      { ...request.image, executionArn: request.executionArn, startedAt: request.startedAt },
      { now, holderIsAlive },
    );
    if (decision.kind === 'take') {
      if (decision.dead) await settleDead(decision.dead, deps);
      await settleStrays(request.image.order, deps);
    }
    return {
      decision,
      lock: 'lock' in decision && !isSameRecord(decision.lock, lock) ? decision.lock : undefined,
    };
  });

/** DescribeExecution is eventually consistent: what it says of one that has just begun may be old. */
const youngSeconds = 60;

const isAlive = async (
  { executionArn, since }: LineHolder,
  now: Instant,
  { executions }: Deps,
): Promise<boolean> =>
  secondsSince(since, now) < youngSeconds || (await executions.isRunning(executionArn));

/** It has to come to an end before the next begins, or its targets would have none and its image would roll out for ever. */
const settleDead = async (dead: LineHolder, deps: Deps): Promise<void> => {
  deps.log.error('dead-holder-settled', { rolloutId: dead.rolloutId });
  await settleRollout(
    dead.rolloutId,
    {
      code: 'execution-died',
      sentence: `its execution ${dead.executionArn} is not running any more`,
    },
    deps,
  );
};

/** The line is ours: the image is on its way. One that was revoked or refused meanwhile is not. */
const begin = async (request: AcquireRequest, deps: Deps): Promise<AcquireAnswer> => {
  const { n, rolloutId, version } = request.image;
  const at = deps.clock.now().iso;
  await deps.versions.moveVersion({ n, from: 'available', to: 'rolling-out', at });
  const state = (await deps.versions.version(n))?.state ?? 'unknown';
  if (state !== 'rolling-out')
    return superseded(request, `version ${version} is ${state}, which is not rolled out`, deps);
  deps.log.info('line-acquired', { rolloutId });
  return { next: 'go', waitSeconds: 0 };
};

/** Records why the rollout does not begin; its end is written by whoever ends rollouts. */
const superseded = async (
  { image: { rolloutId } }: AcquireRequest,
  sentence: string,
  { rollouts }: Deps,
): Promise<AcquireAnswer> => {
  await changeRollout(rollouts, rolloutId, (rollout) =>
    rollout.stop ? undefined : { ...rollout, stop: { code: 'superseded', sentence } },
  );
  return { next: 'stop', waitSeconds: 0 };
};

export const handler = makeHandler(liveDeps(process.env));
