import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { lambdaActionPayload, notification } from './alarm-messages.ts';
import type { Alarm, AlarmState } from './state.ts';

const arnPattern = /^arn:aws:(sns|lambda):([a-z0-9-]+):(\d{12}):(.+)$/;

/**
 * Which actions an alarm may have here.
 *
 * @throws AwsError for an action that AWS knows and this emulator does not, and for text that is no action
 */
export function checkAction(arn: string): void {
  if (arnPattern.test(arn)) return;
  if (/^arn:aws:/.test(arn))
    throw new AwsError(
      'ValidationError',
      `the alarm action ${arn} is not modelled by this emulator, which knows SNS topics and Lambda functions`,
    );
  throw new AwsError('ValidationError', `Invalid arn syntax: ${arn}`);
}

/**
 * Carries out one action in the alarm's name.
 *
 * @throws AwsError when the topic or function is missing or does not let CloudWatch in
 */
export async function performAction(
  scope: Scope,
  alarm: Alarm,
  previous: AlarmState,
  arn: string,
): Promise<void> {
  const [, service, region = scope.region, account = scope.account] = arnPattern.exec(arn) ?? [];
  const place = { account, region };
  const source = { sourceArn: alarm.arn, sourceAccount: scope.account };
  if (service === 'sns') {
    const { subject, message } = notification(scope, alarm, previous);
    await scope.send(new PublishCommand({ TopicArn: arn, Subject: subject, Message: message }), {
      as: { kind: 'service', service: 'cloudwatch.amazonaws.com', ...source },
      ...place,
    });
    return;
  }
  await scope.send(
    new InvokeCommand({
      FunctionName: arn,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(lambdaActionPayload(scope, alarm, previous))),
    }),
    {
      as: { kind: 'service', service: 'lambda.alarms.cloudwatch.amazonaws.com', ...source },
      ...place,
    },
  );
}
