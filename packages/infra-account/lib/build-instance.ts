import { Aws } from 'aws-cdk-lib';
import { CfnInstanceProfile } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import { allow } from '@golden/constructs/policy.ts';
import { ServiceRole } from '@golden/constructs/service-role.ts';

import { allowEverywhere } from './allow-everywhere.ts';
import { type ApplyPayloadComponent } from './apply-payload-component.ts';
import { buildLogPrefix, buildPrefix, type PayloadBucket } from './payload-bucket.ts';

interface BuildInstanceProps {
  readonly bucket: PayloadBucket;
  readonly component: ApplyPayloadComponent;
  readonly logGroupArn: string;
}

/**
 * What build and test instances may do: be reached by Systems Manager, fetch the build tool, the component and the
 * accepted payload, and write logs.
 *
 * The statements stand in for the managed policies that Image Builder's guide attaches. Those let every payload, which
 * runs as root, read every SSM parameter of the account (AmazonSSMManagedInstanceCore) and every component, volume and
 * snapshot (EC2InstanceProfileForImageBuilder).
 */
export class BuildInstance extends Construct {
  readonly instanceProfileName: string;

  constructor(scope: Construct, id: string, props: BuildInstanceProps) {
    super(scope, id);
    const role = new ServiceRole(this, 'Instance', {
      service: 'ec2.amazonaws.com',
      description: 'Instances on which golden images are built and tested',
      statements: [
        allow({
          sid: 'AgentRegisters',
          actions: ['ssm:UpdateInstanceInformation'],
          resources: [`arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:instance/*`],
          wildcardReason: 'The id of a build instance is not known before it starts.',
        }),
        allowEverywhere({
          sid: 'AgentTalksToSystemsManager',
          actions: [
            'ssmmessages:CreateControlChannel',
            'ssmmessages:CreateDataChannel',
            'ssmmessages:OpenControlChannel',
            'ssmmessages:OpenDataChannel',
            'ec2messages:AcknowledgeMessage',
            'ec2messages:DeleteMessage',
            'ec2messages:FailMessage',
            'ec2messages:GetEndpoint',
            'ec2messages:GetMessages',
            'ec2messages:SendReply',
          ],
        }),
        allow({
          sid: 'FetchBuildTool',
          actions: ['s3:GetObject'],
          resources: [`arn:${Aws.PARTITION}:s3:::ec2imagebuilder*`],
          wildcardReason:
            'The buckets of AWS from which the build tool comes; one set per Region, and they hold nothing of ours.',
        }),
        allow({
          sid: 'FetchComponent',
          actions: ['imagebuilder:GetComponent'],
          resources: [props.component.allVersionsArn],
          wildcardReason:
            'All versions of one component: a build under way may use the one before.',
        }),
        allow({
          sid: 'FetchPayload',
          actions: ['s3:GetObject'],
          resources: [props.bucket.objects(buildPrefix)],
          wildcardReason: 'Keys are digests of payloads that are still to come.',
        }),
        allow({
          sid: 'WriteLogObjects',
          actions: ['s3:PutObject'],
          resources: [props.bucket.objects(buildLogPrefix)],
          wildcardReason: 'Image Builder makes the keys up.',
        }),
        allow({
          sid: 'WriteLogEvents',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [props.logGroupArn],
        }),
      ],
    });
    const profile = new CfnInstanceProfile(this, 'Profile', { roles: [role.roleName] });
    this.instanceProfileName = profile.ref;
  }
}
