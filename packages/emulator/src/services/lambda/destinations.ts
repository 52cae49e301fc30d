import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Outcome } from '../../runtime/function-error.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import { roleSession } from './function-role.ts';
import { metric } from './run-function.ts';
import type { LambdaFunction } from './state.ts';

/** How an asynchronous invocation ended for good. */
export interface AsyncResult {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly attempts: number;
  readonly condition:
    'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';
  /** Undefined when the function did not run the last time. */
  readonly outcome: Outcome | undefined;
}

/** Where invocation records may go, and what the function's role needs for it. */
export function destinationAction(arn: string): string | undefined {
  if (/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/.test(arn)) return 'sqs:SendMessage';
  if (/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(arn)) return 'sns:Publish';
  if (/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:/.test(arn)) return 'lambda:InvokeFunction';
  if (/^arn:aws:events:[a-z0-9-]+:\d{12}:event-bus\//.test(arn)) return 'events:PutEvents';
  return undefined;
}

/** Sends the record of an invocation to a destination as the function's role; a failure is counted, not raised. */
export async function sendToDestination(
  scope: Scope,
  fn: LambdaFunction,
  destination: string | undefined,
  result: AsyncResult,
): Promise<void> {
  if (destination === undefined) return;
  const record = invocationRecord(scope, fn, result);
  await asRole(
    scope,
    fn,
    { target: destination, metricName: 'DestinationDeliveryFailures' },
    (send) => deliver(send, fn, { destination, result, record }),
  );
}

/** Sends an event that was given up to the function's dead-letter queue or topic. */
export async function sendToDeadLetter(
  scope: Scope,
  fn: LambdaFunction,
  result: AsyncResult,
): Promise<void> {
  const target = fn.serving.settings.deadLetterArn;
  if (target === undefined) return;
  const attributes = deadLetterAttributes(result);
  await asRole(scope, fn, { target, metricName: 'DeadLetterErrors' }, async (send) => {
    const place = placeOfArn(target);
    if (place)
      await send(
        new SendMessageCommand({
          QueueUrl: queueUrl(place),
          MessageBody: result.event,
          MessageAttributes: attributes,
        }),
      );
    else
      await send(
        new PublishCommand({
          TopicArn: target,
          Message: result.event,
          MessageAttributes: attributes,
        }),
      );
  });
}

/** Lambda Developer Guide, "Dead-letter message attributes". */
function deadLetterAttributes({ requestId, outcome, condition }: AsyncResult) {
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  const errorMessage = outcome?.kind === 'error' ? outcome.payload.errorMessage : condition;
  const messageBytesMax = 1_024;
  return {
    RequestID: text(requestId),
    ErrorCode: { DataType: 'Number', StringValue: outcome ? '200' : '429' },
    ErrorMessage: text(errorMessage.slice(0, messageBytesMax) || condition),
  };
}

type Send = (command: Parameters<Scope['send']>[0]) => Promise<unknown>;

async function asRole(
  scope: Scope,
  fn: LambdaFunction,
  delivery: { readonly target: string; readonly metricName: string },
  work: (send: Send) => Promise<unknown>,
): Promise<void> {
  try {
    const role = roleSession(scope, fn);
    const region = delivery.target.split(':')[3] ?? scope.region;
    await work((command) => scope.send(command, { as: role, region }));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    metric(scope, fn, delivery.metricName, 1);
    scope.record('delivery-failed', {
      function: fn.name,
      target: delivery.target,
      reason: `${error.code}: ${error.message}`,
    });
  }
}

async function deliver(
  send: Send,
  fn: LambdaFunction,
  given: {
    readonly destination: string;
    readonly result: AsyncResult;
    readonly record: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { destination, result } = given;
  const record = JSON.stringify(given.record);
  const place = placeOfArn(destination);
  if (place) await send(new SendMessageCommand({ QueueUrl: queueUrl(place), MessageBody: record }));
  else if (destination.startsWith('arn:aws:sns:'))
    await send(new PublishCommand({ TopicArn: destination, Message: record }));
  else if (destination.startsWith('arn:aws:lambda:'))
    await send(
      new InvokeCommand({
        FunctionName: destination,
        InvocationType: 'Event',
        Payload: Buffer.from(record),
      }),
    );
  else
    await send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: destination,
            Source: 'lambda',
            DetailType: `Lambda Function Invocation Result - ${result.condition === 'Success' ? 'Success' : 'Failure'}`,
            Resources: [`${fn.arn}:$LATEST`, destination],
            Detail: record,
          },
        ],
      }),
    );
}

/** Lambda Developer Guide, "Configuring destinations for asynchronous invocation", example invocation record. */
function invocationRecord(
  scope: Scope,
  fn: LambdaFunction,
  { requestId, event, attempts, condition, outcome }: AsyncResult,
): Readonly<Record<string, unknown>> {
  return {
    version: '1.0',
    timestamp: scope.date.toISOString(),
    requestContext: {
      requestId,
      functionArn: `${fn.arn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(event) as unknown,
    ...(outcome
      ? {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            ...(outcome.kind === 'error' ? { functionError: 'Unhandled' } : {}),
          },
          responsePayload:
            outcome.kind === 'error' ? outcome.payload : (JSON.parse(outcome.payload) as unknown),
        }
      : {}),
  };
}
