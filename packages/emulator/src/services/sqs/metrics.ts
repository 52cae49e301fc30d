import type { Scope } from '../../world/scope.ts';
import { putServiceMetric, registerGauge } from '../cloudwatch/put-service-metric.ts';
import { dropExpired } from './message-store.ts';
import { sqsState, type Queue } from './state.ts';
import { goesBack, isDelayed, isInFlight, isVisible } from './visibility.ts';

// SQS Developer Guide, "CloudWatch metrics": a queue reports while it was active in the last six hours.
const activeMs = 6 * 3_600_000;
const namespace = 'AWS/SQS';

export function count(scope: Scope, queue: Queue, metric: string, value: number): void {
  const unit = metric === 'SentMessageSize' ? 'Bytes' : 'Count';
  putServiceMetric(scope.at(queue), {
    namespace,
    metric,
    dimensions: { QueueName: queue.name },
    value,
    unit,
  });
}

/** The age in seconds; messages at the back of the queue do not count. */
function oldestAge(queue: Queue, now: number): number {
  const counted = queue.messages.filter((message) => !goesBack(queue, message));
  const oldest = Math.min(now, ...counted.map((message) => message.enqueuedAt));
  return Math.floor((now - oldest) / 1000);
}

const gauges: Readonly<
  Record<string, { unit: string; read: (queue: Queue, now: number) => number }>
> = {
  ApproximateNumberOfMessagesVisible: {
    unit: 'Count',
    read: (queue, now) => queue.messages.filter((message) => isVisible(queue, message, now)).length,
  },
  ApproximateNumberOfMessagesNotVisible: {
    unit: 'Count',
    read: (queue, now) => queue.messages.filter((message) => isInFlight(message, now)).length,
  },
  ApproximateNumberOfMessagesDelayed: {
    unit: 'Count',
    read: (queue, now) => queue.messages.filter((message) => isDelayed(queue, message, now)).length,
  },
  ApproximateAgeOfOldestMessage: { unit: 'Seconds', read: oldestAge },
};

/** Has CloudWatch sample a queue, once per name. */
export function registerQueueGauges(scope: Scope, name: string): void {
  const state = sqsState.in(scope);
  if (state.gauges.has(name)) return;
  state.gauges.add(name);
  for (const [metric, { unit, read }] of Object.entries(gauges))
    registerGauge(scope, {
      namespace,
      metric,
      dimensions: { QueueName: name },
      unit,
      read: () => {
        const queue = state.queues.get(name);
        if (!queue) return undefined;
        dropExpired(queue, scope.now);
        const isActive = queue.messages.length > 0 || scope.now - queue.activeAt < activeMs;
        return isActive ? read(queue, scope.now) : undefined;
      },
    });
}
