import { Aws, Fn } from 'aws-cdk-lib';

import { allow, type Statement } from '@golden/constructs/policy.ts';

import { type InfraParameters } from './parameters.ts';

/**
 * The SSM parameter that names the line's newest image that went through the whole fleet. It is no resource of the stack: a
 * rollout writes it, and a stack update must never set it back.
 */
export const stableParameterName = ({ environmentName }: InfraParameters): string =>
  Fn.join('', ['/golden/', environmentName.valueAsString, '/stable']);

export const moveStable = (parameters: InfraParameters): Statement =>
  allow({
    sid: 'MoveStable',
    actions: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'],
    resources: [
      Fn.join('', [
        `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter`,
        stableParameterName(parameters),
      ]),
    ],
  });
