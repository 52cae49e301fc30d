import type { Scope } from '../../world/scope.ts';
import { defineState } from '../../world/state.ts';
import { findQueue, placeOfArn } from './queue-lookup.ts';
import type { Queue } from './state.ts';
import { availableAt, isVisible } from './visibility.ts';

/** By queue ARN; the work is awaited, as a due event of its own. */
const listeners = defineState('sqs-listeners', 'global', () => new Map<string, Set<Listener>>());

type Listener = () => unknown;

/**
 * Tells a poller when messages of a queue may have become receivable: one was sent or moved in, a visibility timeout or
 * delay ended, a FIFO group became free. It is told once at the beginning too. Each time the listener runs as a due event
 * of its own and may wait. It receives and deletes by the ordinary operations; that a message is receivable is no
 * promise that it still is when the listener runs. The queue may come into being later.
 *
 * @returns the function that ends the subscription
 */
export function onQueueActivity(scope: Scope, queueArn: string, listener: Listener): () => void {
  const all = listeners.in(scope);
  const ofQueue = all.get(queueArn) ?? new Set<Listener>();
  all.set(queueArn, ofQueue);
  ofQueue.add(listener);
  const place = placeOfArn(queueArn);
  const queue = place && findQueue(scope, place);
  if (queue) noticeActivity(scope, queue);
  return () => ofQueue.delete(listener);
}

/** Called after every change of a queue's messages. */
export function noticeActivity(scope: Scope, queue: Queue): void {
  const { now } = scope;
  const ready = queue.messages.some((message) => isVisible(queue, message, now));
  wakeAt(scope, queue, ready ? now : nextChange(queue, now));
}

/** When the next message becomes visible by itself. */
function nextChange(queue: Queue, now: number): number | undefined {
  let next: number | undefined;
  for (const message of queue.messages) {
    const at = Math.max(availableAt(queue, message), message.hiddenUntil);
    if (at > now && (next === undefined || at < next)) next = at;
  }
  return next;
}

function wakeAt(scope: Scope, queue: Queue, at: number | undefined): void {
  if (at === undefined || (listeners.in(scope).get(queue.arn)?.size ?? 0) === 0) return;
  const place = scope.at({ account: queue.account, region: queue.region, service: 'sqs' });
  if (queue.wake && !queue.wake.cancelled && queue.wake.at > scope.now && queue.wake.at <= at)
    return;
  if (queue.wake) queue.wake.cancelled = true;
  queue.wake = place.after(at - scope.now, 'queue activity', () => {
    queue.wake = undefined;
    if (queue.deleted) return;
    if (queue.messages.some((message) => isVisible(queue, message, place.now)))
      for (const listener of listeners.in(place).get(queue.arn) ?? [])
        place.after(0, 'queue poller', listener);
    wakeAt(place, queue, nextChange(queue, place.now));
  });
}
