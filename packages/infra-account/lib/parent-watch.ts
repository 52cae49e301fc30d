import { Aws, Fn } from 'aws-cdk-lib';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

import { allow } from '@golden/constructs/policy.ts';
import { ServiceRole } from '@golden/constructs/service-role.ts';

import { type FailureQueue } from './failure-queue.ts';
import { type InfraParameters } from './parameters.ts';
import { payloadMessageGroup, type PayloadQueue } from './payload-queue.ts';

/** The message that asks `start-build` whether the parent image has moved. */
const parentWatchMessage = { cause: 'parent' } as const;

const deliveryAttemptsMax = 24;
const deliveryAgeMaxSeconds = 3600;

interface ParentWatchProps {
  readonly parameters: InfraParameters;
  readonly queue: PayloadQueue;
  readonly triggerFailures: FailureQueue;
}

/** A schedule that puts one message a day into the queue of the payloads, so that it waits its turn with them. */
export class ParentWatch extends Construct {
  constructor(scope: Construct, id: string, props: ParentWatchProps) {
    super(scope, id);
    const { parameters, queue, triggerFailures } = props;
    const role = new ServiceRole(this, 'Sender', {
      service: 'scheduler.amazonaws.com',
      description: 'Puts the daily question about the parent image into the payload queue',
      trustConditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      statements: [
        allow({ sid: 'AskDaily', actions: ['sqs:SendMessage'], resources: [queue.arn] }),
        allow({
          sid: 'KeepUndelivered',
          actions: ['sqs:SendMessage'],
          resources: [triggerFailures.arn],
        }),
      ],
    });
    new CfnSchedule(this, 'Schedule', {
      description: Fn.join('', [
        'Has the parent image of the line ',
        parameters.environmentName.valueAsString,
        ' moved?',
      ]),
      scheduleExpression: parameters.parentWatchSchedule.valueAsString,
      scheduleExpressionTimezone: 'UTC',
      state: parameters.parentWatch.valueAsString,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: queue.arn,
        roleArn: role.arn,
        input: JSON.stringify(parentWatchMessage),
        sqsParameters: { messageGroupId: payloadMessageGroup },
        deadLetterConfig: { arn: triggerFailures.arn },
        retryPolicy: {
          maximumEventAgeInSeconds: deliveryAgeMaxSeconds,
          maximumRetryAttempts: deliveryAttemptsMax,
        },
      },
    });
  }
}
