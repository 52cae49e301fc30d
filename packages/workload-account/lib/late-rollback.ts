import { Aws } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { type HandlerFunction } from '@golden/constructs/handler-function.ts';

interface LateRollbackProps {
  readonly handler: HandlerFunction;
  readonly alarmArn: string;
}

/**
 * Tells the handler when the alarm goes off; it moves groups back whose refresh is over.
 *
 * No dead-letter queue: EventBridge tries for 24 hours, Lambda runs a failed invocation twice more, and what is lost all
 * the same is made up for by the infra account, which asks for the status of every moved group when a wave has baked and
 * when the rollout ends. A queue with its alarm would cost in each of thousands of accounts and tell nobody.
 */
export class LateRollback extends Construct {
  constructor(scope: Construct, id: string, { handler, alarmArn }: LateRollbackProps) {
    super(scope, id);
    const rule = new CfnRule(this, 'Rule', {
      description: 'The alarm on ECS errors went off',
      eventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [alarmArn],
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [{ id: 'handler', arn: handler.arn }],
    });
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionName,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
