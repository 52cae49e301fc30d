import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { ImagebuilderClient, ListImagePipelinesCommand } from '@aws-sdk/client-imagebuilder';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientOptions } from '../src/accounts/client-for.ts';
import type { Credentials } from '../src/world/credentials.ts';

/** What a client signs with. */
export type Key = Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
/** Makes a client of one service with the caller's key. */
export type Connect = <C>(Client: new (options: ClientOptions) => C) => C;

/** A call of a service that an administrator may make in an empty account, and how the service refuses it. */
export interface Example {
  readonly action: string;
  readonly code: string;
  readonly status: number;
  readonly call: (connect: Connect) => Promise<unknown>;
}

/** One per service; the codes and statuses are those of each service's list of common errors. */
export const deniedExamples: Readonly<Record<string, Example>> = {
  autoscaling: {
    action: 'autoscaling:DescribeAutoScalingGroups',
    code: 'AccessDenied',
    status: 403,
    call: (connect) => connect(AutoScalingClient).send(new DescribeAutoScalingGroupsCommand({})),
  },
  cloudformation: {
    action: 'cloudformation:DescribeStacks',
    code: 'AccessDenied',
    status: 403,
    call: (connect) => connect(CloudFormationClient).send(new DescribeStacksCommand({})),
  },
  cloudwatch: {
    action: 'cloudwatch:DescribeAlarms',
    code: 'AccessDenied',
    status: 403,
    call: (connect) => connect(CloudWatchClient).send(new DescribeAlarmsCommand({})),
  },
  dynamodb: {
    action: 'dynamodb:ListTables',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(DynamoDBClient).send(new ListTablesCommand({})),
  },
  ec2: {
    action: 'ec2:DescribeImages',
    code: 'UnauthorizedOperation',
    status: 403,
    call: (connect) => connect(EC2Client).send(new DescribeImagesCommand({ Owners: ['self'] })),
  },
  ecs: {
    action: 'ecs:ListClusters',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(ECSClient).send(new ListClustersCommand({})),
  },
  events: {
    action: 'events:ListRules',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(EventBridgeClient).send(new ListRulesCommand({})),
  },
  iam: {
    action: 'iam:ListRoles',
    code: 'AccessDenied',
    status: 403,
    call: (connect) => connect(IAMClient).send(new ListRolesCommand({})),
  },
  imagebuilder: {
    action: 'imagebuilder:ListImagePipelines',
    code: 'AccessDeniedException',
    status: 403,
    call: (connect) => connect(ImagebuilderClient).send(new ListImagePipelinesCommand({})),
  },
  kms: {
    action: 'kms:ListKeys',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(KMSClient).send(new ListKeysCommand({})),
  },
  lambda: {
    action: 'lambda:ListFunctions',
    code: 'AccessDeniedException',
    status: 403,
    call: (connect) => connect(LambdaClient).send(new ListFunctionsCommand({})),
  },
  logs: {
    action: 'logs:DescribeLogGroups',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({})),
  },
  organizations: {
    action: 'organizations:ListAccounts',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(OrganizationsClient).send(new ListAccountsCommand({})),
  },
  s3: {
    action: 's3:ListAllMyBuckets',
    code: 'AccessDenied',
    status: 403,
    call: (connect) => connect(S3Client).send(new ListBucketsCommand({})),
  },
  scheduler: {
    action: 'scheduler:ListSchedules',
    code: 'AccessDeniedException',
    status: 403,
    call: (connect) => connect(SchedulerClient).send(new ListSchedulesCommand({})),
  },
  sns: {
    action: 'sns:ListTopics',
    code: 'AuthorizationErrorException',
    status: 403,
    call: (connect) => connect(SNSClient).send(new ListTopicsCommand({})),
  },
  sqs: {
    action: 'sqs:ListQueues',
    code: 'AccessDenied',
    status: 403,
    call: (connect) => connect(SQSClient).send(new ListQueuesCommand({})),
  },
  ssm: {
    action: 'ssm:DescribeParameters',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(SSMClient).send(new DescribeParametersCommand({})),
  },
  states: {
    action: 'states:ListStateMachines',
    code: 'AccessDeniedException',
    status: 400,
    call: (connect) => connect(SFNClient).send(new ListStateMachinesCommand({})),
  },
  sts: {
    action: 'sts:GetAccessKeyInfo',
    code: 'AccessDenied',
    status: 403,
    call: (connect) =>
      connect(STSClient).send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })),
  },
};
