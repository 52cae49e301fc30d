import type { Scope } from '../../world/scope.ts';
import { defineState } from '../../world/state.ts';

/** An event as it travels: the envelope that rules match and targets get. */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 UTC with whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What takes an event in on a bus of a place. */
export type EventIntake = (scope: Scope, busName: string, event: EventEnvelope) => void;

/** Set by EventBridge when a world is made; services publish without knowing more of it than this. */
export const eventIntake = defineState(
  'events-intake',
  'global',
  (): { receive: EventIntake | undefined } => ({ receive: undefined }),
);

// AWS states no latency for the events of its services; seconds are usual, and order is not promised.
const arrivalMsMin = 100;
const arrivalMsMax = 1_500;

/**
 * Services whose events are attempted only, so that one "might not be delivered". Those of ECS, CloudWatch alarms and S3 are
 * durable and always arrive.
 *
 * Source: EventBridge Events Reference, "Delivery level for AWS service events" and the delivery type on each service's page.
 */
const bestEffortSources = ['aws.autoscaling', 'aws.ec2', 'aws.imagebuilder', 'aws.states'];

const isLost = (scope: Scope, source: string): boolean =>
  bestEffortSources.includes(source) &&
  scope.chance('event-loss') < scope.world.settings.lostEventShare;

/**
 * Sends an AWS service's event to the default bus of the scope's account and Region. It arrives later, in no
 * promised order and with the world's `duplicateShare` twice (same id); one that is sent at best effort never arrives with
 * its `lostEventShare`, of which only the journal knows. Without EventBridge in the world it is only noted there.
 *
 * Source: EventBridge User Guide, "AWS service events": best effort or durable, at least once.
 */
export function publishServiceEvent(
  scope: Scope,
  event: {
    source: string;
    detailType: string;
    resources: readonly string[];
    detail: Readonly<Record<string, unknown>>;
  },
): void {
  const envelope: EventEnvelope = {
    version: '0',
    id: scope.uuid('event'),
    'detail-type': event.detailType,
    source: event.source,
    account: scope.account,
    time: eventTime(scope.date),
    region: scope.region,
    resources: [...event.resources],
    detail: JSON.parse(JSON.stringify(event.detail)) as Readonly<Record<string, unknown>>,
  };
  scope.record('event-published', { event: envelope });
  if (isLost(scope, event.source)) {
    scope.record('event-lost', { eventId: envelope.id, detailType: event.detailType });
    return;
  }
  const copies = scope.chance('event-duplicate') < scope.world.settings.duplicateShare ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    const delayMs = scope.between('event-arrival', arrivalMsMin, arrivalMsMax) + scope.lateMs();
    scope.after(delayMs, 'service event', () =>
      eventIntake.in(scope).receive?.(scope.at({ service: 'events' }), 'default', envelope),
    );
  }
}

/** `2026-11-21T08:00:00Z`: events carry whole seconds. */
export const eventTime = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
