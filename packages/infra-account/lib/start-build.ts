import { Aws, Fn } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow, type Statement } from '@golden/constructs/policy.ts';

import { allowEverywhere } from './allow-everywhere.ts';
import { type ApplyPayloadComponent } from './apply-payload-component.ts';
import { type ImagePipeline } from './image-pipeline.ts';
import { lineEnvironment, useStateTable } from './line-handler.ts';
import { type InfraParameters } from './parameters.ts';
import { buildPrefix, type PayloadBucket, payloadPrefix } from './payload-bucket.ts';
import { type PayloadQueue } from './payload-queue.ts';
import { type StateTable } from './state-table.ts';
import { type Topics } from './topics.ts';

export const startBuildTimeoutSeconds = 60;
const memoryMegabytes = 512;

interface StartBuildProps {
  readonly parameters: InfraParameters;
  readonly code: string;
  readonly bucket: PayloadBucket;
  readonly queue: PayloadQueue;
  readonly table: StateTable;
  readonly topics: Topics;
  readonly component: ApplyPayloadComponent;
  readonly pipeline: ImagePipeline;
}

/** Payload (or a moved parent) -> claim -> recipe -> build. */
export class StartBuild extends Construct {
  readonly handler: HandlerFunction;

  constructor(scope: Construct, id: string, props: StartBuildProps) {
    super(scope, id);
    const { parameters, queue } = props;
    this.handler = new HandlerFunction(this, 'Handler', {
      description: 'Checks a payload and starts its build',
      code: props.code,
      timeoutSeconds: startBuildTimeoutSeconds,
      memoryMegabytes,
      environment: {
        ...lineEnvironment(props),
        PAYLOAD_BUCKET: props.bucket.bucketName,
        PAYLOAD_PREFIX: payloadPrefix,
        COMPONENT_ARN: props.component.arn,
        PARENT_IMAGE: Fn.conditionIf(
          parameters.conditions.fixesParent.logicalId,
          parameters.amazonLinux2023EcsOptimizedAmiId.valueAsString,
          parameters.parentImageParameter.valueAsString,
        ).toString(),
        AMI_KMS_KEY_ID: Fn.conditionIf(
          parameters.conditions.encryptsImages.logicalId,
          parameters.amiKmsKeyId.valueAsString,
          Aws.NO_VALUE,
        ).toString(),
      },
      statements: startBuildStatements(props),
      logRetentionDays: parameters.logRetentionDays,
    });
    new CfnEventSourceMapping(this, 'Payloads', {
      functionName: this.handler.functionName,
      eventSourceArn: queue.arn,
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
    });
  }
}

const startBuildStatements = (props: StartBuildProps): Statement[] => {
  const { bucket, component, pipeline, parameters, queue, table, topics } = props;
  const imageBuilder = `arn:${Aws.PARTITION}:imagebuilder:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  return [
    allow({
      sid: 'TakePayloads',
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [queue.arn],
    }),
    allow({
      sid: 'ReadUploadedVersion',
      actions: ['s3:GetObjectVersion'],
      resources: [bucket.objects(payloadPrefix)],
      wildcardReason: 'People choose the keys of payloads.',
    }),
    // Without it S3 answers 403 for an object that is gone, which cannot be told from a missing right.
    allow({ sid: 'TellGoneFromForbidden', actions: ['s3:ListBucket'], resources: [bucket.arn] }),
    allow({
      sid: 'KeepAcceptedCopy',
      actions: ['s3:PutObject'],
      resources: [bucket.objects(buildPrefix)],
      wildcardReason: 'Keys are digests of payloads that are still to come.',
    }),
    useStateTable(table, ['GetItem', 'PutItem', 'UpdateItem', 'Query']),
    allow({
      sid: 'MakeRecipes',
      actions: ['imagebuilder:CreateImageRecipe', 'imagebuilder:GetImageRecipe'],
      resources: [Fn.join('', [`${imageBuilder}:image-recipe/`, pipeline.recipeName, '/*'])],
      wildcardReason: 'One recipe name; every payload is a new version of it.',
    }),
    allowEverywhere({ sid: 'ListRecipes', actions: ['imagebuilder:ListImageRecipes'] }),
    // Image Builder asks this of whoever creates a recipe that names the component.
    allow({
      sid: 'UseComponent',
      actions: ['imagebuilder:GetComponent'],
      resources: [component.allVersionsArn],
      wildcardReason: 'All versions of one component.',
    }),
    allow({
      sid: 'StartPipeline',
      actions: ['imagebuilder:StartImagePipelineExecution'],
      resources: [pipeline.arn],
    }),
    allow({
      sid: 'CancelWrongBuild',
      actions: ['imagebuilder:CancelImageCreation'],
      resources: [Fn.join('', [`${imageBuilder}:image/`, pipeline.recipeName, '/*'])],
      wildcardReason: 'One image name; every build is a new version of it.',
    }),
    // The first build of an account makes the service's own role, in the name of whoever starts it.
    allow({
      sid: 'FirstBuildOfAccount',
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [
        `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder`,
      ],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'imagebuilder.amazonaws.com' } },
    }),
    // Public parameters belong to no account.
    allow({
      sid: 'ResolveParent',
      actions: ['ssm:GetParameter'],
      resources: [
        Fn.join('', [
          `arn:${Aws.PARTITION}:ssm:${Aws.REGION}::parameter`,
          parameters.parentImageParameter.valueAsString,
        ]),
      ],
    }),
    allowEverywhere({
      sid: 'ReadEbsEncryptionDefaults',
      actions: ['ec2:GetEbsEncryptionByDefault', 'ec2:GetEbsDefaultKmsKeyId'],
    }),
    allowEverywhere({ sid: 'ReadParentRootDevice', actions: ['ec2:DescribeImages'] }),
    ...topics.publishNotices(),
  ];
};
