import { Aws, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow } from '@golden/constructs/policy.ts';

import { type InfraParameters } from './parameters.ts';

/** Longer than the handler of a workload account may take (300 s), so that its answer finds somebody. */
const timeoutSeconds = 330;
const memoryMegabytes = 256;

interface ReachAccountProps {
  readonly parameters: InfraParameters;
  readonly code: string;
}

/** The one way into workload accounts: assume the invoker role of an account and ask its handler. */
export class ReachAccount extends Construct {
  readonly handler: HandlerFunction;

  constructor(scope: Construct, id: string, { parameters, code }: ReachAccountProps) {
    super(scope, id);
    const line = parameters.environmentName.valueAsString;
    this.handler = new HandlerFunction(this, 'Handler', {
      description: 'Asks the handler of one workload account',
      code,
      timeoutSeconds,
      memoryMegabytes,
      environment: { LINE: line, PARTITION: Aws.PARTITION },
      statements: [
        allow({
          sid: 'AssumeInvokerRoles',
          actions: ['sts:AssumeRole'],
          resources: [Fn.join('', [`arn:${Aws.PARTITION}:iam::*:role/golden-`, line, '-invoker'])],
          conditions: {
            StringEquals: { 'aws:ResourceOrgID': parameters.awsOrgId.valueAsString },
          },
          wildcardReason:
            'One role name in every account; the condition leaves those of the organization, of which new ones may come.',
        }),
      ],
      logRetentionDays: parameters.logRetentionDays,
    });
  }
}
