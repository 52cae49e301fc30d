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

/** Step Functions Developer Guide, "Logging using CloudWatch Logs": what makes an entry longer is cut and marked so. */
const lineBytesMax = 248 * 1024;

function lineOf(run: Run, event: HistoryEvent, withData: boolean): string {
  const { timestamp, type, id, previousEventId, ...rest } = event;
  const [found = {}] = Object.values(rest).filter((value) => typeof value === 'object');
  const details: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(found).filter(([name]) => withData || !dataMembers.has(name)),
  );
  const write = (shown: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({
      id: String(id),
      type,
      details: shown,
      redrive_count: '0',
      previous_event_id: String(previousEventId),
      event_timestamp: String(timestamp?.getTime()),
      execution_arn: run.execution.arn,
    });
  const line = write(details);
  const excess = Buffer.byteLength(line) - lineBytesMax;
  return excess > 0 ? write(withoutExcess(details, excess)) : line;
}

/** Cuts the data of an entry by at least so many bytes of its JSON. */
function withoutExcess(
  details: Readonly<Record<string, unknown>>,
  excess: number,
): Readonly<Record<string, unknown>> {
  const cut = { ...details };
  let left = excess;
  for (const name of ['input', 'output', 'parameters']) {
    const text = cut[name];
    if (typeof text !== 'string' || left <= 0) continue;
    const kept = beginningOf(text, jsonBytes(text) - left);
    left -= jsonBytes(text) - jsonBytes(kept);
    cut[name] = kept;
    if (`${name}Details` in cut) cut[`${name}Details`] = { truncated: true };
  }
  return cut;
}

const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

/** The longest beginning of a text whose JSON has at most so many bytes. */
function beginningOf(text: string, bytesMax: number): string {
  let [fits, tooLong] = [0, text.length + 1];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (jsonBytes(text.slice(0, middle)) <= Math.max(2, bytesMax)) fits = middle;
    else tooLong = middle;
  }
  return text.slice(0, fits);
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
