import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

import { type HandlerFunction } from '@golden/constructs/handler-function.ts';

import { dashboardBody } from './dashboard-body.ts';
import { type HandlerName } from './handler-code.ts';
import { type InfraParameters } from './parameters.ts';

interface DashboardProps {
  readonly parameters: InfraParameters;
  readonly rolloutMachineArn: string;
  readonly functions: Readonly<Record<HandlerName, HandlerFunction>>;
  /** Names of queues by what people call them. */
  readonly queues: Readonly<Record<string, string>>;
  readonly alarmArns: readonly string[];
}

/** One page that says how the line is: what is built, what rolls out, what waits, and what went wrong. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const body = dashboardBody({ ...props, region: Aws.REGION });
    new CfnDashboard(this, 'Page', {
      dashboardName: Fn.join('', ['golden-', props.parameters.environmentName.valueAsString]),
      dashboardBody: Stack.of(this).toJsonString(body),
    });
  }
}
