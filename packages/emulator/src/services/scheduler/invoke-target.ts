import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { splitArn } from '../../iam/arn-match.ts';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Scope, SendOptions } from '../../world/scope.ts';
import { putServiceMetric } from '../cloudwatch/put-service-metric.ts';
import { judge, type DeliveryFailure } from '../events/delivery-errors.ts';
import { serviceSession } from '../iam/service-session.ts';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import { groupArn } from './group-operations.ts';
import { schedulerService } from './schedule-settings.ts';
import type { Schedule, ScheduleSettings } from './state.ts';
import { targetKind } from './target-checks.ts';

/** One run of a schedule. */
export interface Execution {
  readonly schedule: Schedule;
  /** As they were when the run began. */
  readonly settings: ScheduleSettings;
  /** The time it was due, milliseconds since 1970. */
  readonly due: number;
  readonly executionId: string;
  /** Called when the run has succeeded or failed for good. */
  readonly done: () => void;
}

// EventBridge Scheduler API reference, RetryPolicy: 24 hours and 185 times unless the target says otherwise.
const retryAttemptsDefault = 185;
const eventAgeSecondsDefault = 86_400;
// The back-off is exponential with jitter; AWS states no figures.
const backOffMsMin = 1_000;
const backOffMsMax = 600_000;

const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** Invokes the target as the schedule's role; what can still succeed is tried again later. */
export async function invokeTarget(
  scope: Scope,
  execution: Execution,
  attempts = 0,
): Promise<void> {
  const { schedule, settings, executionId } = execution;
  count(scope, schedule, 'InvocationAttemptCount');
  const input = inputOf(execution, attempts);
  try {
    await send(scope, execution, input);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    count(scope, schedule, 'TargetErrorCount');
    await fail(scope, execution, { attempts, input, failure: judge(error) });
    return;
  }
  scope.record('schedule-invoked', {
    schedule: schedule.arn,
    target: settings.target.Arn,
    executionId,
  });
  execution.done();
}

/** The input with its context attributes filled in, or the notification that takes its place. */
function inputOf({ schedule, settings, due, executionId }: Execution, attempts: number): string {
  const { Input } = settings.target;
  if (Input === undefined)
    return JSON.stringify({
      version: '0',
      id: executionId,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: schedule.account,
      time: isoSeconds(due),
      region: schedule.region,
      resources: [schedule.arn],
      detail: '{}',
    });
  // EventBridge Scheduler User Guide, "Adding context attributes".
  return Input.replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(due))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempts + 1));
}

/** @throws AwsError when the role does not trust EventBridge Scheduler any more */
function session(
  scope: Scope,
  { schedule, settings, executionId }: Execution,
): AssumedRolePrincipal {
  return serviceSession(scope, {
    roleArn: settings.target.RoleArn,
    service: schedulerService,
    sessionName: executionId,
    sourceArn: groupArn(scope, schedule.groupName),
    sourceAccount: schedule.account,
  });
}

async function send(scope: Scope, execution: Execution, input: string): Promise<void> {
  const { target } = execution.settings;
  const kind = targetKind(target.Arn);
  const [, , , region = scope.region, account = scope.account] = splitArn(target.Arn) ?? [];
  const options: SendOptions = { as: session(scope, execution), region, account };
  switch (kind) {
    case 'lambda':
      await scope.send(
        new InvokeCommand({
          FunctionName: target.Arn,
          InvocationType: 'Event',
          Payload: Buffer.from(input),
        }),
        options,
      );
      return;
    case 'sqs': {
      const place = placeOfArn(target.Arn);
      await scope.send(
        new SendMessageCommand({
          QueueUrl: place && queueUrl(place),
          MessageBody: input,
          MessageGroupId: target.SqsParameters?.MessageGroupId,
        }),
        options,
      );
      return;
    }
    case 'sns':
      await scope.send(new PublishCommand({ TopicArn: target.Arn, Message: input }), options);
      return;
    case 'event-bus': {
      const { Entries } = await scope.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: target.Arn,
              Source: target.EventBridgeParameters?.Source,
              DetailType: target.EventBridgeParameters?.DetailType,
              Detail: input,
            },
          ],
        }),
        // The role's own account calls; the bus may be another's.
        { ...options, account: scope.account },
      );
      const code = Entries?.[0]?.ErrorCode;
      if (code !== undefined) throw new AwsError(code, Entries?.[0]?.ErrorMessage ?? code);
      return;
    }
    case undefined:
      throw new TypeError(`there is no way to invoke ${target.Arn}`);
    default:
      kind satisfies never;
  }
}

interface Failure {
  readonly attempts: number;
  readonly input: string;
  readonly failure: DeliveryFailure;
}

async function fail(
  scope: Scope,
  execution: Execution,
  { attempts, input, failure }: Failure,
): Promise<void> {
  const { schedule, settings, due } = execution;
  const policy = settings.target.RetryPolicy ?? {};
  const backOff = Math.min(backOffMsMax, backOffMsMin * 2 ** Math.min(attempts, 20));
  const wait = scope.between('back-off', Math.ceil(backOff / 2), backOff);
  const ageMs = (policy.MaximumEventAgeInSeconds ?? eventAgeSecondsDefault) * 1000;
  const exhausted =
    attempts >= (policy.MaximumRetryAttempts ?? retryAttemptsDefault)
      ? 'MaximumRetryAttempts'
      : scope.now + wait - due > ageMs
        ? 'MaximumEventAgeInSeconds'
        : undefined;
  if (failure.isRetried && exhausted === undefined) {
    scope.after(wait, 'schedule', () => invokeTarget(scope, execution, attempts + 1));
    return;
  }
  count(scope, schedule, 'InvocationDroppedCount');
  scope.record('schedule-failed', {
    schedule: schedule.arn,
    target: settings.target.Arn,
    code: failure.code,
    message: failure.message,
  });
  await sendToDeadLetters(scope, execution, input, {
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    ...(failure.isRetried && exhausted !== undefined
      ? { EXHAUSTED_RETRY_CONDITION: exhausted }
      : {}),
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(attempts),
    SCHEDULED_TIME: isoSeconds(due),
    SCHEDULE_ARN: schedule.arn,
    TARGET_ARN: settings.target.Arn,
  });
  execution.done();
}

/** The execution role sends to the dead-letter queue too. */
async function sendToDeadLetters(
  scope: Scope,
  execution: Execution,
  input: string,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const place = placeOfArn(execution.settings.target.DeadLetterConfig?.Arn ?? '');
  if (!place) return;
  try {
    await scope.send(
      new SendMessageCommand({
        QueueUrl: queueUrl(place),
        MessageBody: input,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      }),
      { as: session(scope, execution), region: place.region, account: place.account },
    );
    count(scope, execution.schedule, 'InvocationsSentToDeadLetterCount');
  } catch (error) {
    if (!isAwsError(error)) throw error;
    count(scope, execution.schedule, 'InvocationsFailedToBeSentToDeadLetterCount');
    scope.record('dead-letter-failed', { schedule: execution.schedule.arn, code: error.code });
  }
}

function count(scope: Scope, schedule: Schedule, metric: string): void {
  putServiceMetric(scope, {
    namespace: 'AWS/Scheduler',
    metric,
    dimensions: { ScheduleGroup: schedule.groupName },
    value: 1,
    unit: 'Count',
  });
}
