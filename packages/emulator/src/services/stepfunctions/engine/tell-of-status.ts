import { putServiceMetric } from '../../cloudwatch/put-service-metric.ts';
import { publishServiceEvent } from '../../events/publish.ts';
import type { ExecutionStatus } from '../state.ts';
import type { Run } from './run.ts';

const metricOf: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

// Step Functions Developer Guide, "EventBridge payloads": the input is left out where it exceeds this with the output,
// the output where it does alone.
const eventBytesMax = 248 * 1024;
const escapedBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

/**
 * Metrics and the event of a new status. Children of a map run have no event: their map run's parent has.
 *
 * Source: Step Functions Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch", "Step Functions
 * Execution Status Change"
 */
export function tellOfStatus(run: Run): void {
  const { execution, scope } = run;
  const dimensions = { StateMachineArn: execution.machineArn };
  const namespace = 'AWS/States';
  putServiceMetric(scope, {
    namespace,
    metric:
      execution.status === 'RUNNING' && execution.redrives
        ? 'ExecutionsRedriven'
        : metricOf[execution.status],
    dimensions,
    value: 1,
    unit: 'Count',
  });
  if (execution.stoppedAt !== undefined)
    putServiceMetric(scope, {
      namespace,
      metric: 'ExecutionTime',
      dimensions,
      value: execution.stoppedAt - execution.startedAt,
      unit: 'Milliseconds',
    });
  scope.record('execution-status', { execution: execution.arn, status: execution.status });
  if (execution.mapRunArn === undefined) publish(run);
}

function publish({ execution, scope }: Run): void {
  const { input, output, error, cause } = execution;
  const outputBytes = output === undefined ? 0 : escapedBytes(output);
  const hasInput = escapedBytes(input) + outputBytes <= eventBytesMax;
  const hasOutput = output !== undefined && outputBytes <= eventBytesMax;
  publishServiceEvent(scope, {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn: execution.machineArn,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt,
      stopDate: execution.stoppedAt ?? null,
      redriveCount: execution.redrives?.count ?? 0,
      redriveDate: execution.redrives?.at ?? null,
      redriveStatus: null,
      redriveStatusReason: null,
      input: hasInput ? input : null,
      inputDetails: { included: hasInput },
      output: hasOutput ? output : null,
      outputDetails: output === undefined ? null : { included: hasOutput },
      error: error ?? null,
      cause: cause ?? null,
    },
  });
}
