import { secondsSince } from '../model/instant.ts';
import type { Instant } from '../model/instant.ts';
import type { LineHolder, LineLock, RolloutImage, StopReason } from '../model/rollout.ts';
import type { BuildOrder, RolloutId } from '../model/rollout-id.ts';

/**
 * What a rollout does about its line. One has it at a time; what waits is at most the newest, and nothing older than what ever
 * had it gets it again: so no group's image goes backwards.
 */
export type AcquireDecision =
  | { kind: 'acquired' }
  /** Write `lock`, and the line is ours; `dead` had it before and left no end of its own. */
  | { kind: 'take'; lock: LineLock; dead?: LineHolder }
  /** Write `lock`, if it changed, and ask again later. */
  | { kind: 'wait'; lock: LineLock; waitSeconds: number }
  | { kind: 'superseded'; by: BuildOrder };

type Applicant = Pick<RolloutImage, 'rolloutId' | 'order'> & {
  executionArn: string;
  /** When its execution began, ISO 8601 UTC. */
  startedAt: string;
};

/** A holder in its last wave is done within minutes; one that has just begun may take hours. */
const waitSecondsAtFirst = 60;
const waitSecondsLater = 300;
const waitsOftenSeconds = 3_600;

/** @param holderIsAlive whether the execution of the present holder is still running */
export const decideAcquire = (
  lock: LineLock,
  applicant: Applicant,
  context: { now: Instant; holderIsAlive: boolean },
): AcquireDecision => {
  const { rolloutId, order, executionArn } = applicant;
  const { holder } = lock;
  if (holder?.executionArn === executionArn) return { kind: 'acquired' };
  if (lock.highestAcquired === order || isAbove(lock.highestAcquired, order))
    return { kind: 'superseded', by: lock.highestAcquired };
  if (isAbove(lock.highestWaiting, order)) return { kind: 'superseded', by: lock.highestWaiting };
  const waiting: LineLock = { ...lock, highestWaiting: order };
  if (holder !== undefined && context.holderIsAlive) {
    const waited = secondsSince(applicant.startedAt, context.now);
    return {
      kind: 'wait',
      lock: waiting,
      waitSeconds: waited < waitsOftenSeconds ? waitSecondsAtFirst : waitSecondsLater,
    };
  }
  return {
    kind: 'take',
    lock: {
      ...waiting,
      highestAcquired: order,
      holder: { rolloutId, order, executionArn, since: context.now.iso },
    },
    ...(holder && { dead: holder }),
  };
};

/** Whether a rollout may start anything more. */
export type Standing = { kind: 'go' } | { kind: 'stop'; stop: StopReason };

export const standingOf = (lock: LineLock, rolloutId: RolloutId): Standing => {
  const { holder, highestWaiting } = lock;
  if (holder?.rolloutId !== rolloutId)
    return stopped({
      code: 'taken-over',
      sentence: `${holder?.rolloutId ?? 'nobody'} has the line, because this rollout's execution was taken for dead`,
    });
  if (holder.stop) return stopped(holder.stop);
  if (isAbove(highestWaiting, holder.order))
    return stopped({
      code: 'superseded',
      sentence: `a newer image, ${readable(highestWaiting)}, waits for the line`,
    });
  return { kind: 'go' };
};

const stopped = (stop: StopReason): Standing => ({ kind: 'stop', stop });

/** The lock after its holder was told to start nothing more; undefined when another one has it, or it knows. */
export const afterStop = (
  lock: LineLock,
  rolloutId: RolloutId,
  stop: StopReason,
): LineLock | undefined =>
  lock.holder?.rolloutId === rolloutId && lock.holder.stop === undefined
    ? { ...lock, holder: { ...lock.holder, stop } }
    : undefined;

/** The lock without its holder; undefined when another one has it. */
export const afterRelease = (lock: LineLock, executionArn: string): LineLock | undefined => {
  const { holder, ...rest } = lock;
  return holder?.executionArn === executionArn ? rest : undefined;
};

/** A report that an image is there: `newest`, or `outdated` when a higher one came before it. */
export const decideArrival = (
  lock: LineLock,
  order: BuildOrder,
): { kind: 'newest'; lock: LineLock } | { kind: 'outdated'; by: BuildOrder } =>
  isAbove(lock.highestArrived, order)
    ? { kind: 'outdated', by: lock.highestArrived }
    : { kind: 'newest', lock: { ...lock, highestArrived: order } };

const isAbove = (one: BuildOrder | undefined, other: BuildOrder): one is BuildOrder =>
  one !== undefined && one > other;

/** `1.0.7/2` of `0000000007.0000000002`. */
export const readable = (order: BuildOrder): string => {
  const [n, build] = order.split('.').map(Number);
  return `1.0.${n ?? ''}/${build ?? ''}`;
};
