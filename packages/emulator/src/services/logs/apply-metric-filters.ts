import type { Scope } from '../../world/scope.ts';
import { putServiceMetric } from '../cloudwatch/put-service-metric.ts';
import type { Match } from './filter-pattern.ts';
import { parseObject } from './json-pattern.ts';
import { readSelector, selectValue } from './json-selector.ts';
import type { LogEvent, LogGroup, MetricFilter } from './state.ts';

const minuteMs = 60_000;

/** Turns newly ingested events into metric data; a filter never looks back. */
export function applyMetricFilters(
  scope: Scope,
  group: LogGroup,
  events: readonly LogEvent[],
): void {
  for (const filter of group.metricFilters.values()) {
    let matched = false;
    for (const event of events) {
      const match = filter.pattern.match(event.message);
      if (!match) continue;
      matched = true;
      publishMatch(scope, filter, { event, match });
    }
    if (events.length > 0 && filter.transformation.defaultValue !== undefined)
      arrangeDefault(scope, group, filter, matched);
  }
}

function publishMatch(
  scope: Scope,
  { transformation }: MetricFilter,
  { event, match }: { event: LogEvent; match: Match },
): void {
  const value = Number(resolve(transformation.value, event.message, match));
  const dimensions: Record<string, string> = {};
  for (const [name, source] of transformation.dimensions) {
    const found = resolve(source, event.message, match);
    // A metric without one of its dimensions would be another metric.
    if (found === undefined) return;
    dimensions[name] = found;
  }
  if (!Number.isFinite(value)) return;
  putServiceMetric(scope, {
    namespace: transformation.namespace,
    metric: transformation.metric,
    dimensions,
    value,
    unit: transformation.unit ?? 'None',
    at: event.timestamp,
  });
}

/** `$.selector` and `$field` are looked up in the event, anything else stands for itself. */
export function resolve(source: string, message: string, match: Match): string | undefined {
  if (!source.startsWith('$')) return source;
  const field = match.extracted[source];
  if (field !== undefined) return field;
  const value = selectValue(parseObject(message), readSelector(source).selector);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The default value is reported for a minute in which something was ingested and nothing matched. */
function arrangeDefault(
  scope: Scope,
  group: LogGroup,
  filter: MetricFilter,
  matched: boolean,
): void {
  const start = Math.floor(scope.now / minuteMs) * minuteMs;
  if (filter.minute?.start === start) {
    filter.minute.matched ||= matched;
    return;
  }
  const minute = { start, matched };
  filter.minute = minute;
  const justBeforeEnd = start + minuteMs - 1;
  scope.after(justBeforeEnd - scope.now, 'default of a metric filter', () => {
    const { namespace, metric, defaultValue, unit } = filter.transformation;
    if (minute.matched || defaultValue === undefined) return;
    if (group.metricFilters.get(filter.name) !== filter) return;
    putServiceMetric(scope, {
      namespace,
      metric,
      dimensions: {},
      value: defaultValue,
      unit: unit ?? 'None',
    });
  });
}
