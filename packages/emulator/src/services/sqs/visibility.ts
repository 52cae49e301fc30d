import type { Queue, StoredMessage } from './state.ts';

// SQS Developer Guide, "CloudWatch metrics": a message of a standard queue that was received three times goes to the back.
const receivesBeforeBack = 3;

/** When a message's delay ends. */
export const availableAt = (queue: Queue, message: StoredMessage): number =>
  message.sentAt + (message.delayMs ?? queue.settings.delaySeconds * 1000);

export const isDelayed = (queue: Queue, message: StoredMessage, now: number): boolean =>
  availableAt(queue, message) > now;

export const isInFlight = (message: StoredMessage, now: number): boolean =>
  message.hiddenUntil > now;

export const isVisible = (queue: Queue, message: StoredMessage, now: number): boolean =>
  !isInFlight(message, now) && !isDelayed(queue, message, now);

export const goesBack = (queue: Queue, message: StoredMessage): boolean =>
  !queue.fifo && message.receivesHere >= receivesBeforeBack;
