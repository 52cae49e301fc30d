import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import { findFunction, placeOf } from './function-name.ts';
import { roleSession } from './function-role.ts';
import { queueEvent } from './queue-event.ts';
import { runFunction, type RunResult } from './run-function.ts';
import type { EventSourceMapping, LambdaFunction } from './state.ts';

const receiveMax = 10; // SQS API Reference, ReceiveMessage, MaxNumberOfMessages
/** Lambda Developer Guide, "Scaling and concurrency": five batches at once to begin with; growth is not modelled. */
const concurrencyDefault = 5;
/** A poller that met an error looks again after a while. AWS states no figure. */
const troubleMs = 60_000;
/** Throttled batches are tried again until their messages become visible, at these distances at first and at most. */
const throttleDelayMs = { first: 1_000, max: 30_000 };
const attemptsMax = 10_000;

/**
 * Receives as long as there is something to receive and the concurrency lasts, and runs the function for each batch. It
 * works as the function's role, by the ordinary operations of SQS.
 */
export async function pumpQueue(scope: Scope, mapping: EventSourceMapping): Promise<void> {
  if (mapping.isReceiving) return;
  mapping.isReceiving = true;
  try {
    for (let round = 0; round < attemptsMax && isOpen(mapping); round += 1) {
      const fn = findFunction(scope, placeOf(scope, mapping.functionArn));
      if (!fn) throw new AwsError('FunctionNotFound', 'the function is gone');
      const batch = await receiveBatch(scope, mapping, fn);
      if (batch.length === 0) break;
      mapping.active += 1;
      scope.after(0, `batch for ${mapping.functionName}`, () =>
        processBatch(scope, mapping, { fn, batch, receivedAt: scope.now }),
      );
    }
  } catch (error) {
    trouble(scope, mapping, error);
  } finally {
    mapping.isReceiving = false;
  }
}

const isOpen = (mapping: EventSourceMapping): boolean =>
  mapping.state === 'Enabled' && mapping.active < (mapping.concurrencyMax ?? concurrencyDefault);

function trouble(scope: Scope, mapping: EventSourceMapping, error: unknown): void {
  if (!(error instanceof AwsError)) throw error;
  mapping.lastResult = `PROBLEM: ${error.code}: ${error.message}`;
  scope.record('poll-failed', {
    mapping: mapping.id,
    function: mapping.functionName,
    reason: mapping.lastResult,
  });
  scope.after(troubleMs, 'poll after trouble', () => pumpQueue(scope, mapping));
}

/** Fills a batch, for as long as the batching window lasts. */
async function receiveBatch(
  scope: Scope,
  mapping: EventSourceMapping,
  fn: LambdaFunction,
): Promise<readonly Message[]> {
  const batch: Message[] = [];
  let windowEnd = scope.now;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const wanted = mapping.batchSize - batch.length;
    if (wanted <= 0) break;
    const received = await receive(scope, mapping, { fn, count: Math.min(wanted, receiveMax) });
    if (batch.length === 0) windowEnd = scope.now + mapping.windowSeconds * 1_000;
    batch.push(...received);
    if (batch.length === 0 || scope.now >= windowEnd) break;
    if (received.length === 0)
      await scope.world.scheduler.sleep(Math.min(1_000, windowEnd - scope.now));
  }
  return batch;
}

async function receive(
  scope: Scope,
  mapping: EventSourceMapping,
  { fn, count }: { readonly fn: LambdaFunction; readonly count: number },
): Promise<readonly Message[]> {
  const { Messages = [] } = await scope.send(
    new ReceiveMessageCommand({
      QueueUrl: urlOf(mapping),
      MaxNumberOfMessages: count,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 0,
    }),
    { as: roleSession(scope, fn) },
  );
  return Messages;
}

function urlOf({ queueArn }: EventSourceMapping): string {
  const place = placeOfArn(queueArn);
  if (!place) throw new TypeError(`${queueArn} is no queue`);
  return queueUrl(place);
}

interface Batch {
  readonly fn: LambdaFunction;
  readonly batch: readonly Message[];
  readonly receivedAt: number;
}

async function processBatch(scope: Scope, mapping: EventSourceMapping, work: Batch): Promise<void> {
  try {
    const result = await runUnthrottled(scope, mapping, work);
    const failed = failedMessages(mapping, work.batch, result);
    mapping.lastResult =
      failed === undefined || failed.size > 0 ? 'PROBLEM: Function call failed' : 'OK';
    const done = failed ? work.batch.filter(({ MessageId = '' }) => !failed.has(MessageId)) : [];
    await deleteMessages(scope, mapping, { fn: work.fn, messages: done });
  } catch (error) {
    trouble(scope, mapping, error);
  } finally {
    mapping.active -= 1;
    scope.after(0, 'next batch', () => pumpQueue(scope, mapping));
  }
}

/** A batch that is throttled waits; when its messages are visible again somebody else has them. */
async function runUnthrottled(
  scope: Scope,
  mapping: EventSourceMapping,
  { fn, batch, receivedAt }: Batch,
): Promise<RunResult> {
  const event = JSON.stringify(queueEvent(mapping.queueArn, batch));
  const requestId = scope.uuid(`invocation/${fn.name}`);
  const giveUpAt = receivedAt + 6 * fn.settings.timeoutSeconds * 1_000;
  let delayMs = throttleDelayMs.first;
  for (;;) {
    const result = await runFunction(scope, fn, { requestId, event });
    if (result.kind === 'ran' || scope.now + delayMs >= giveUpAt) return result;
    await scope.world.scheduler.sleep(delayMs);
    delayMs = Math.min(throttleDelayMs.max, 2 * delayMs);
  }
}

/**
 * Ids of the messages that stay in the queue; undefined when all do.
 *
 * Source: Lambda Developer Guide, "Implementing partial batch responses": what counts as complete success and failure.
 */
function failedMessages(
  mapping: EventSourceMapping,
  batch: readonly Message[],
  result: RunResult,
): ReadonlySet<string> | undefined {
  if (result.kind === 'throttled' || result.outcome.kind === 'error') return undefined;
  if (!mapping.reportsItemFailures) return new Set();
  const response: unknown = JSON.parse(result.outcome.payload);
  if (response === null) return new Set();
  const failures = isRecord(response) ? response['batchItemFailures'] : undefined;
  if (failures === undefined || failures === null)
    return isRecord(response) && Object.keys(response).length === 0 ? new Set() : undefined;
  if (!Array.isArray(failures)) return undefined;
  const known = new Set(batch.map(({ MessageId }) => MessageId));
  const failed = new Set<string>();
  for (const failure of failures as readonly unknown[]) {
    const id = isRecord(failure) ? failure['itemIdentifier'] : undefined;
    if (typeof id !== 'string' || !known.has(id)) return undefined;
    failed.add(id);
  }
  return failed;
}

async function deleteMessages(
  scope: Scope,
  mapping: EventSourceMapping,
  { fn, messages }: { readonly fn: LambdaFunction; readonly messages: readonly Message[] },
): Promise<void> {
  for (let from = 0; from < messages.length; from += receiveMax)
    await scope.send(
      new DeleteMessageBatchCommand({
        QueueUrl: urlOf(mapping),
        Entries: messages.slice(from, from + receiveMax).map(({ ReceiptHandle }, index) => ({
          Id: String(from + index),
          ReceiptHandle,
        })),
      }),
      { as: roleSession(scope, fn) },
    );
}
