import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { acknowledgeWildcards } from './acknowledge.ts';
import { policyDocument, type Statement } from './policy.ts';

interface ServiceRoleProps {
  /** For instance `lambda.amazonaws.com`. */
  readonly service: string;
  readonly description: string;
  readonly statements: readonly Statement[];
  readonly trustConditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * A role that one service assumes, without a name (a second Region or stack would collide) and with its policy inline:
 * whatever uses the role is created after the policy is there.
 */
export class ServiceRole extends Construct {
  readonly roleName: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const role = new CfnRole(this, 'Role', {
      description: props.description,
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: props.service },
            Action: 'sts:AssumeRole',
            ...(props.trustConditions === undefined ? {} : { Condition: props.trustConditions }),
          },
        ],
      },
      policies: [
        { policyName: 'least-privilege', policyDocument: policyDocument(props.statements) },
      ],
    });
    this.roleName = role.ref;
    this.arn = role.attrArn;
    acknowledgeWildcards(role, props.statements);
  }
}
