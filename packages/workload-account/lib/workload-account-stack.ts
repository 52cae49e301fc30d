import { type Construct } from 'constructs';

import { PlainStack } from '@golden/constructs/plain-stack.ts';

import { EcsErrorSignal } from './ecs-error-signal.ts';
import { type HandlerName } from './handler-code.ts';
import { InvokerRole } from './invoker-role.ts';
import { LateRollback } from './late-rollback.ts';
import { defineParameters, parameterGroups } from './parameters.ts';
import { WorkloadHandler } from './workload-handler.ts';

interface WorkloadAccountStackProps {
  /** The source of a handler's inline function, by the handler's name. */
  readonly handlerCode: (name: HandlerName) => string;
}

/** Everything of the product that lives in one workload account and Region. */
export class WorkloadAccountStack extends PlainStack {
  constructor(scope: Construct, id: string, props: WorkloadAccountStackProps) {
    super(scope, id, {
      description: 'Golden images: moves the Auto Scaling groups of this account to a new image.',
      parameterGroups,
    });
    const parameters = defineParameters(this);
    const signal = new EcsErrorSignal(this, 'EcsErrors', parameters);
    const { handler } = new WorkloadHandler(this, 'Workload', {
      parameters,
      code: props.handlerCode('workload'),
      signal,
    });
    new LateRollback(this, 'LateRollback', { handler, alarmArn: signal.alarmArn });
    new InvokerRole(this, 'Invoker', parameters);

    this.output('HandlerFunctionName', handler.functionName, 'Answers the infra account');
    this.output('HandlerLogGroup', handler.logGroupName, 'Log of the handler');
    this.output('EcsErrorAlarm', signal.alarmName, 'In ALARM groups move back');
    this.output('EcsErrorLogGroup', signal.logGroupName, 'The events that the alarm counts');
  }
}
