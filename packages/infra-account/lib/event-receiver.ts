import { Aws } from 'aws-cdk-lib';
import { type CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventInvokeConfig, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { type Construct } from 'constructs';

import { type HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow, type Statement } from '@golden/constructs/policy.ts';

import { type FailureQueue, type QueueSender } from './failure-queue.ts';

const deliveryAgeMaxSeconds = 21_600;
/** Lambda's own limit for asynchronous invocations. */
const invocationRetriesMax = 2;
const deliveryAttemptsMax = 24;

/** A function that is invoked asynchronously, and the queue in which everything ends that it did not take. */
interface EventReceiver {
  readonly handler: HandlerFunction;
  readonly failures: FailureQueue;
}

/** What its role needs so that Lambda keeps the invocations that failed for good. */
export const keepFailedInvocations = (failures: FailureQueue): Statement =>
  allow({
    sid: 'KeepFailedInvocations',
    actions: ['sqs:SendMessage'],
    resources: [failures.arn],
  });

/** Lambda tries a failed invocation twice more, then puts its event into the queue. */
export const retryInvocations = (
  scope: Construct,
  { handler, failures }: EventReceiver,
): CfnEventInvokeConfig =>
  new CfnEventInvokeConfig(scope, 'Invocations', {
    functionName: handler.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: invocationRetriesMax,
    maximumEventAgeInSeconds: deliveryAgeMaxSeconds,
    destinationConfig: { onFailure: { destination: failures.arn } },
  });

/** The target of a rule that delivers to it. */
export const ruleTarget = (
  id: string,
  { handler, failures }: EventReceiver,
): CfnRule.TargetProperty => ({
  id,
  arn: handler.arn,
  deadLetterConfig: { arn: failures.arn },
  retryPolicy: {
    maximumEventAgeInSeconds: deliveryAgeMaxSeconds,
    maximumRetryAttempts: deliveryAttemptsMax,
  },
});

/** A rule or topic may invoke it, and put what cannot be delivered into its queue. */
export const acceptFrom = (
  scope: Construct,
  id: string,
  { handler, failures, sender }: EventReceiver & { readonly sender: QueueSender },
): void => {
  new CfnPermission(scope, id, {
    action: 'lambda:InvokeFunction',
    functionName: handler.functionName,
    principal: sender.service,
    sourceArn: sender.sourceArn,
    sourceAccount: Aws.ACCOUNT_ID,
  });
  failures.accept(sender);
};
