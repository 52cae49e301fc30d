import type { Scope } from '../../world/scope.ts';
import { putServiceMetric } from '../cloudwatch/put-service-metric.ts';
import type { Topic } from './state.ts';

/** Publishes one data point of a topic (SNS Developer Guide, "Monitoring topics using CloudWatch"). */
export function count(scope: Scope, topic: Topic, metric: string, value = 1): void {
  putServiceMetric(scope.at({ account: topic.account, region: topic.region }), {
    namespace: 'AWS/SNS',
    metric,
    dimensions: { TopicName: topic.name },
    value,
    unit: metric === 'PublishSize' ? 'Bytes' : 'Count',
  });
}
