import { type CfnParameter } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { allow, type Statement } from './policy.ts';
import { ServiceRole } from './service-role.ts';

interface HandlerFunctionProps {
  readonly description: string;
  /** Only where others have to know the name beforehand; CloudFormation makes one up otherwise. */
  readonly functionName?: string;
  /** The bundled CommonJS source; goes into the template as it is. */
  readonly code: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** What the handler may do besides writing its log. */
  readonly statements: readonly Statement[];
  readonly logRetentionDays: CfnParameter;
}

/** A Lambda function with its own log group and its own role. */
export class HandlerFunction extends Construct {
  readonly functionName: string;
  readonly arn: string;
  readonly logGroupName: string;
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const logGroup = new CfnLogGroup(this, 'Log', {
      retentionInDays: props.logRetentionDays.valueAsNumber,
    });
    const role = new ServiceRole(this, 'Execution', {
      service: 'lambda.amazonaws.com',
      description: props.description,
      statements: [
        allow({
          sid: 'WriteOwnLog',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [logGroup.attrArn],
        }),
        ...props.statements,
      ],
    });
    const lambda = new CfnFunction(this, 'Function', {
      ...(props.functionName === undefined ? {} : { functionName: props.functionName }),
      description: props.description,
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      code: { zipFile: props.code },
      role: role.arn,
      timeout: props.timeoutSeconds,
      memorySize: props.memoryMegabytes,
      environment: { variables: { ...props.environment } },
      loggingConfig: { logFormat: 'JSON', logGroup: logGroup.ref },
    });
    this.functionName = lambda.ref;
    this.arn = lambda.attrArn;
    this.logGroupName = logGroup.ref;
    this.roleArn = role.arn;
  }
}
