import { Aws } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnEventInvokeConfig, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow } from '@golden/constructs/policy.ts';
import {
  lateRollbackDetailType,
  lineEventSource,
} from '@golden/shared/payload/late-rollback-event.ts';

import { FailureQueue } from './failure-queue.ts';
import { type ImagePipeline } from './image-pipeline.ts';
import { type InfraBus } from './infra-bus.ts';
import { lineEnvironment, useStateTable } from './line-handler.ts';
import { type InfraParameters } from './parameters.ts';
import { moveStable, stableParameterName } from './stable-parameter.ts';
import { type StateTable } from './state-table.ts';
import { type Topics } from './topics.ts';

const timeoutSeconds = 60;
const memoryMegabytes = 512;
const deliveryAgeMaxSeconds = 21_600;
/** Lambda's own limit for asynchronous invocations. */
const invocationRetriesMax = 2;
const deliveryAttemptsMax = 24;

interface RevokeImageProps {
  readonly parameters: InfraParameters;
  readonly code: string;
  readonly bus: InfraBus;
  readonly table: StateTable;
  readonly topics: Topics;
  readonly pipeline: ImagePipeline;
}

/**
 * A workload account reports that an alarm took groups back -> the image is revoked and its rollout halted. Whatever cannot be
 * delivered, and every invocation that fails for good, ends in one queue.
 */
export class RevokeImage extends Construct {
  readonly handler: HandlerFunction;
  readonly failures: FailureQueue;

  constructor(scope: Construct, id: string, props: RevokeImageProps) {
    super(scope, id);
    const { parameters, bus, table, topics } = props;
    this.failures = new FailureQueue(this, 'Failures');
    this.handler = new HandlerFunction(this, 'Handler', {
      description: 'Revokes an image that groups were taken back from',
      code: props.code,
      timeoutSeconds,
      memoryMegabytes,
      environment: {
        ...lineEnvironment(props),
        STABLE_PARAMETER: stableParameterName(parameters),
      },
      statements: [
        useStateTable(table, ['GetItem', 'PutItem', 'UpdateItem', 'Query']),
        moveStable(parameters),
        ...topics.publishNotices(),
        allow({
          sid: 'KeepFailedInvocations',
          actions: ['sqs:SendMessage'],
          resources: [this.failures.arn],
        }),
      ],
      logRetentionDays: parameters.logRetentionDays,
    });
    new CfnEventInvokeConfig(this, 'Invocations', {
      functionName: this.handler.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: invocationRetriesMax,
      maximumEventAgeInSeconds: deliveryAgeMaxSeconds,
      destinationConfig: { onFailure: { destination: this.failures.arn } },
    });
    this.listen(bus.name, lineEventSource(parameters.environmentName.valueAsString));
  }

  private listen(eventBusName: string, source: string): void {
    const rule = new CfnRule(this, 'LateRollbacks', {
      description: 'Groups that an alarm took back after their refresh had ended',
      eventBusName,
      eventPattern: { source: [source], 'detail-type': [lateRollbackDetailType] },
      targets: [
        {
          id: 'revoke-image',
          arn: this.handler.arn,
          deadLetterConfig: { arn: this.failures.arn },
          retryPolicy: {
            maximumEventAgeInSeconds: deliveryAgeMaxSeconds,
            maximumRetryAttempts: deliveryAttemptsMax,
          },
        },
      ],
    });
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: this.handler.functionName,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
    this.failures.accept({
      sid: 'UndeliveredLateRollbacks',
      service: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
  }
}
