import type { Scope } from '../../world/scope.ts';
import { deliver } from './deliver.ts';
import type { EventEnvelope } from './publish.ts';
import { countForRule } from './rule-metrics.ts';
import { eventsState, type Rule } from './state.ts';

// EventBridge states no latency; half a second from event to target is typical, seconds happen.
const deliveryMsMin = 300;
const deliveryMsMax = 2_000;

/** Takes an event in on a bus of the scope's account and Region: every enabled rule that matches gets it. */
export function routeEvent(scope: Scope, busName: string, event: EventEnvelope): void {
  for (const rule of eventsState.in(scope).buses.get(busName)?.rules.values() ?? []) {
    if (!rule.isEnabled || rule.pattern?.matches(event) !== true) continue;
    countForRule(scope, rule, 'MatchedEvents');
    deliverToRule(scope, rule, event);
  }
}

/** Sends an event to every target of a rule, each on its own, in no promised order and sometimes twice. */
export function deliverToRule(scope: Scope, rule: Rule, event: EventEnvelope): void {
  countForRule(scope, rule, 'TriggeredRules');
  const ingestedAt = scope.date.toISOString();
  for (const target of rule.targets.values()) {
    const copies = scope.chance('duplicate') < scope.world.settings.duplicateShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = scope.between('delivery', deliveryMsMin, deliveryMsMax) + scope.lateMs();
      scope.after(delayMs, 'event delivery', () =>
        deliver(scope, { rule, target, event, ingestedAt, matchedAt: scope.now, attempts: 0 }),
      );
    }
  }
}
