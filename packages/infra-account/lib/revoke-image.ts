import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';
import {
  lateRollbackDetailType,
  lineEventSource,
} from '@golden/shared/payload/late-rollback-event.ts';

import {
  acceptFrom,
  keepFailedInvocations,
  retryInvocations,
  ruleTarget,
} from './event-receiver.ts';
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
        keepFailedInvocations(this.failures),
      ],
      logRetentionDays: parameters.logRetentionDays,
    });
    retryInvocations(this, this);
    this.listen(bus.name, lineEventSource(parameters.environmentName.valueAsString));
  }

  private listen(eventBusName: string, source: string): void {
    const rule = new CfnRule(this, 'LateRollbacks', {
      description: 'Groups that an alarm took back after their refresh had ended',
      eventBusName,
      eventPattern: { source: [source], 'detail-type': [lateRollbackDetailType] },
      targets: [ruleTarget('revoke-image', this)],
    });
    acceptFrom(this, 'Permission', {
      handler: this.handler,
      failures: this.failures,
      sender: {
        sid: 'UndeliveredLateRollbacks',
        service: 'events.amazonaws.com',
        sourceArn: rule.attrArn,
      },
    });
  }
}
