import type { Scope } from '../../world/scope.ts';
import { putServiceMetric } from '../cloudwatch/put-service-metric.ts';
import type { Rule } from './state.ts';

/** Counts one on a metric of a rule; rules of the default bus carry no bus in their dimensions. */
export function countForRule(scope: Scope, rule: Rule, metric: string): void {
  putServiceMetric(scope, {
    namespace: 'AWS/Events',
    metric,
    dimensions:
      rule.busName === 'default'
        ? { RuleName: rule.name }
        : { EventBusName: rule.busName, RuleName: rule.name },
    value: 1,
    unit: 'Count',
  });
}
