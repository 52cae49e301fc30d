import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, isAwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import { defineState } from '../../../world/state.ts';
import { logBatches, type LogLine } from '../../logs/log-batches.ts';
import { deliveryPrincipal, logGroupName } from '../log-delivery.ts';
import type { Run } from './run.ts';

/** Step Functions hands lines on in batches. AWS states no figure. */
const deliveryMs = 1_000;

interface Pending {
  lines: LogLine[];
  stream: string | undefined;
}

/** By name of the group and of the machine. */
const logState = defineState('stepfunctions-logs', 'regional', () => ({
  pending: new Map<string, Pending>(),
}));

const fatal: readonly HistoryEventType[] = [
  'ExecutionAborted',
  'ExecutionFailed',
  'ExecutionTimedOut',
];
const errors: readonly HistoryEventType[] = [
  ...fatal,
  'EvaluationFailed',
  'FailStateEntered',
  'MapIterationAborted',
  'MapIterationFailed',
  'MapRunAborted',
  'MapRunFailed',
  'MapStateAborted',
  'MapStateFailed',
  'TaskFailed',
  'TaskTimedOut',
];

/** Source: Step Functions Developer Guide, "Logging using CloudWatch Logs", log levels. */
function isLogged(level: string | undefined, type: HistoryEventType | undefined): boolean {
  if (type === undefined) return false;
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return errors.includes(type);
    case 'FATAL':
      return fatal.includes(type);
    default:
      return false;
  }
}

/** Writes an event of a history to the log group of the machine, if its level is logged. */
export function logEvent(run: Run, event: HistoryEvent): void {
  const { logging, name: machine } = run.execution.machine;
  if (!isLogged(logging.level, event.type)) return;
  const group = logGroupName(logging);
  if (group === undefined) return;
  const { pending } = logState.in(run.scope);
  const key = `${group}\n${machine}`;
  const queue = pending.get(key) ?? { lines: [], stream: undefined };
  pending.set(key, queue);
  queue.lines.push({
    timestamp: run.scope.now,
    message: lineOf(run, event, logging.includeExecutionData === true),
  });
  if (queue.lines.length === 1)
    run.scope.after(deliveryMs, 'log delivery', () =>
      deliver(run.scope, { queue, group, machine }),
    );
}

const dataMembers = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

function lineOf(run: Run, event: HistoryEvent, withData: boolean): string {
  const { timestamp, type, id, previousEventId, ...rest } = event;
  const [details = {}] = Object.values(rest).filter((value) => typeof value === 'object');
  return JSON.stringify({
    id: String(id),
    type,
    details: Object.fromEntries(
      Object.entries(details).filter(([name]) => withData || !dataMembers.has(name)),
    ),
    redrive_count: '0',
    previous_event_id: String(previousEventId),
    event_timestamp: String(timestamp?.getTime()),
    execution_arn: run.execution.arn,
  });
}

async function deliver(
  scope: Scope,
  place: { readonly queue: Pending; readonly group: string; readonly machine: string },
): Promise<void> {
  const { queue, group, machine } = place;
  const lines = queue.lines;
  queue.lines = [];
  const as = deliveryPrincipal(scope);
  try {
    if (queue.stream === undefined) {
      const minute = scope.date.toISOString().slice(0, 16).replaceAll(/[T:]/g, '-');
      const stream = `states/${machine}/${minute}/${scope.hex('log-stream', 8)}`;
      await scope.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }), {
        as,
      });
      queue.stream = stream;
    }
    for (const logEvents of logBatches(lines))
      await scope.send(
        new PutLogEventsCommand({ logGroupName: group, logStreamName: queue.stream, logEvents }),
        { as },
      );
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // Logs are delivered at best effort: executions do not notice.
    if (isAwsError(error, 'ResourceNotFoundException')) queue.stream = undefined;
    scope.record('logs-lost', { group, reason: `${error.code}: ${error.message}` });
  }
}
