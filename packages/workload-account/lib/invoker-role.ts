import { Aws, Fn } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { acknowledgeWildcards } from '@golden/constructs/acknowledge.ts';
import { allow, policyDocument } from '@golden/constructs/policy.ts';

import { handlerFunctionName, lineName } from './line-name.ts';
import { type WorkloadParameters } from './parameters.ts';

/**
 * The role that the infra account assumes to call the handlers of this account, in whatever Region.
 *
 * IAM is global, so it exists once, by the stack of the home Region. Trusted is the root of the infra account narrowed to
 * one role by a condition: a principal that names the role itself turns into an id that is worth nothing once that role
 * is made again.
 */
export class InvokerRole extends Construct {
  constructor(scope: Construct, id: string, parameters: WorkloadParameters) {
    super(scope, id);
    const statements = [
      allow({
        sid: 'InvokeHandler',
        actions: ['lambda:InvokeFunction'],
        resources: [
          Fn.join('', [
            `arn:${Aws.PARTITION}:lambda:*:${Aws.ACCOUNT_ID}:function:`,
            handlerFunctionName(parameters),
          ]),
        ],
        wildcardReason: 'One function name, in every Region of the account.',
      }),
    ];
    const role = new CfnRole(this, 'Role', {
      roleName: lineName(parameters, 'invoker'),
      description: 'Lets the infra account call the handler',
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: {
              AWS: Fn.join('', [
                `arn:${Aws.PARTITION}:iam::`,
                parameters.infraAccount.valueAsString,
                ':root',
              ]),
            },
            Action: 'sts:AssumeRole',
            Condition: {
              ArnEquals: { 'aws:PrincipalArn': parameters.reachAccountRoleArn.valueAsString },
              StringEquals: { 'aws:PrincipalOrgID': parameters.awsOrgId.valueAsString },
            },
          },
        ],
      },
      policies: [{ policyName: 'least-privilege', policyDocument: policyDocument(statements) }],
    });
    role.cfnOptions.condition = parameters.conditions.isHome;
    acknowledgeWildcards(role, statements);
  }
}
