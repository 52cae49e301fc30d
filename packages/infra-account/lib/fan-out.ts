import { Aws, Fn } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow } from '@golden/constructs/policy.ts';

import {
  acceptFrom,
  keepFailedInvocations,
  retryInvocations,
  ruleTarget,
} from './event-receiver.ts';
import { FailureQueue } from './failure-queue.ts';
import { type ImagePipeline } from './image-pipeline.ts';
import { lineEnvironment, useStateTable } from './line-handler.ts';
import { type InfraParameters } from './parameters.ts';
import { type StateTable } from './state-table.ts';
import { type Topics } from './topics.ts';

const timeoutSeconds = 60;
const memoryMegabytes = 512;

interface FanOutProps {
  readonly parameters: InfraParameters;
  readonly code: string;
  readonly table: StateTable;
  readonly topics: Topics;
  readonly pipeline: ImagePipeline;
  readonly rolloutMachineArn: string;
}

/**
 * What Image Builder reports -> the state of the image version, and the rollout of an image that is available.
 *
 * The topic says AVAILABLE and FAILED; that a build was cancelled is said by EventBridge only. Whatever cannot be
 * delivered on either way, and every invocation that fails for good, ends in one queue.
 */
export class FanOut extends Construct {
  readonly handler: HandlerFunction;
  readonly failures: FailureQueue;

  constructor(scope: Construct, id: string, props: FanOutProps) {
    super(scope, id);
    const { parameters, topics, pipeline } = props;
    const { rollsOut } = parameters.conditions;
    this.failures = new FailureQueue(this, 'Failures');
    this.handler = new HandlerFunction(this, 'Handler', {
      description: 'Records what became of a build and starts the rollout of its image',
      code: props.code,
      timeoutSeconds,
      memoryMegabytes,
      environment: {
        ...lineEnvironment(props),
        BUILD_LOG_GROUP: pipeline.logGroupName,
        ROLLOUT_MACHINE_ARN: Fn.conditionIf(
          rollsOut.logicalId,
          props.rolloutMachineArn,
          '',
        ).toString(),
      },
      statements: [
        useStateTable(props.table, ['GetItem', 'PutItem', 'UpdateItem']),
        allow({
          sid: 'ReadBuildLog',
          actions: ['logs:GetLogEvents'],
          resources: [pipeline.logGroupArn],
        }),
        ...topics.publishNotices(),
        allow({
          sid: 'StartRollout',
          actions: ['states:StartExecution'],
          resources: [props.rolloutMachineArn],
          onlyIf: rollsOut,
        }),
        keepFailedInvocations(this.failures),
      ],
      logRetentionDays: parameters.logRetentionDays,
    });
    retryInvocations(this, this);
    this.listenToImages(topics.imagesArn);
    this.listenToCancellations(pipeline.recipeName);
  }

  private listenToImages(topicArn: string): void {
    new CfnSubscription(this, 'Images', {
      topicArn,
      protocol: 'lambda',
      endpoint: this.handler.arn,
      redrivePolicy: { deadLetterTargetArn: this.failures.arn },
    });
    acceptFrom(this, 'ImagesPermission', {
      handler: this.handler,
      failures: this.failures,
      sender: { sid: 'UndeliveredImages', service: 'sns.amazonaws.com', sourceArn: topicArn },
    });
  }

  private listenToCancellations(recipeName: string): void {
    const rule = new CfnRule(this, 'Cancellations', {
      description: 'Builds of the line that were cancelled',
      eventPattern: {
        source: ['aws.imagebuilder'],
        'detail-type': ['EC2 Image Builder Image State Change'],
        resources: [
          {
            prefix: Fn.join('', [
              `arn:${Aws.PARTITION}:imagebuilder:${Aws.REGION}:${Aws.ACCOUNT_ID}:image/`,
              recipeName,
              '/',
            ]),
          },
        ],
        detail: { state: { status: ['CANCELLED'] } },
      },
      targets: [ruleTarget('fan-out', this)],
    });
    acceptFrom(this, 'CancellationsPermission', {
      handler: this.handler,
      failures: this.failures,
      sender: {
        sid: 'UndeliveredCancellations',
        service: 'events.amazonaws.com',
        sourceArn: rule.attrArn,
      },
    });
  }
}
