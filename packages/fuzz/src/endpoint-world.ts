import { createAccount, createWorld, type StandaloneAccount, type World } from '@golden/emulator';
import { clientFor, type ClientOptions } from '@golden/emulator/accounts/client-for.ts';
import { AutoScalingClient, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateDefaultVpcCommand,
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateComponentCommand, ImagebuilderClient } from '@aws-sdk/client-imagebuilder';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { makeZip } from '@golden/emulator';
import type { KnownText } from './cases/shaped-input.ts';

export const region = 'eu-west-1';
const stackSettles = 60_000;

/** A world in which there is one of most things, and the words by which they are called. */
export interface EndpointWorld {
  readonly world: World;
  readonly account: StandaloneAccount;
  /** Names, ids and ARNs of what exists. */
  readonly known: readonly KnownText[];
  /** A real client of the account's administrator. */
  readonly client: <C>(Client: new (options: ClientOptions) => C) => C;
}

const policyOf = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

const componentText = `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Run
        action: ExecuteBash
        inputs:
          commands: ['true']
`;

/** Makes that world; the same each time. */
export async function openEndpointWorld(): Promise<EndpointWorld> {
  const world = createWorld({ throttling: false, duplicateShare: 0, iamPropagationMs: 0 });
  const account = createAccount(world, { name: 'main' });
  const client = <C>(Client: new (options: ClientOptions) => C): C =>
    clientFor(world, Client, { region, credentials: account.adminCredentials });
  const known: KnownText[] = [];
  const note: Note = (members, ...texts) => {
    for (const text of texts) if (text !== undefined) known.push({ text, members });
  };
  note(/account|owner/i, account.id);
  note(/region/i, region);
  await makePlaces({ client, note });
  await makeCompute({ client, note });
  await makeMessages({ client, note });
  await world.scheduler.runFor(stackSettles);
  return { world, account, known, client };
}

type Note = (members: RegExp, ...texts: readonly (string | undefined)[]) => void;

interface Maker {
  readonly client: EndpointWorld['client'];
  readonly note: Note;
}

async function makePlaces({ client, note }: Maker): Promise<void> {
  const s3 = client(S3Client);
  await s3.send(
    new CreateBucketCommand({
      Bucket: 'things-of-main',
      CreateBucketConfiguration: { LocationConstraint: region },
    }),
  );
  await s3.send(
    new PutObjectCommand({ Bucket: 'things-of-main', Key: 'a/thing', Body: 'content' }),
  );
  note(/bucket/i, 'things-of-main');
  note(/^key$|prefix/i, 'a/thing');
  note(/copysource/i, 'things-of-main/a/thing');
  const { TableDescription } = await client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  note(/table/i, 'things');
  note(/attributename/i, 'id');
  note(/arn/i, TableDescription?.TableArn);
  await client(SSMClient).send(
    new PutParameterCommand({ Name: '/thing', Type: 'String', Value: 'x' }),
  );
  note(/^names?$|parameter/i, '/thing');
  const logs = client(CloudWatchLogsClient);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/things' }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: '/things', logStreamName: 'one' }));
  note(/loggroup/i, '/things');
  note(/logstream/i, 'one');
  const { KeyMetadata } = await client(KMSClient).send(new CreateKeyCommand({}));
  note(/key/i, KeyMetadata?.KeyId, KeyMetadata?.Arn);
  const { StackId } = await client(CloudFormationClient).send(
    new CreateStackCommand({
      StackName: 'things',
      TemplateBody: JSON.stringify({
        Resources: {
          A: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } },
        },
      }),
    }),
  );
  note(/stack/i, 'things', StackId);
  const { Organization } = await client(OrganizationsClient).send(
    new CreateOrganizationCommand({ FeatureSet: 'ALL' }),
  );
  note(/organization|parent|target|policyid/i, Organization?.Id);
}

async function makeCompute({ client, note }: Maker): Promise<void> {
  const iam = client(IAMClient);
  const arns: (string | undefined)[] = [];
  for (const service of ['lambda', 'states', 'scheduler', 'ec2']) {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: `for-${service}`,
        AssumeRolePolicyDocument: policyOf(`${service}.amazonaws.com`),
      }),
    );
    arns.push(Role?.Arn);
    note(/rolename/i, Role?.RoleName);
    note(/role/i, Role?.Arn);
  }
  const { FunctionArn } = await client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: 'thing',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: arns[0],
      Code: { ZipFile: makeZip({ 'index.js': 'exports.handler = async (event) => event;' }) },
    }),
  );
  note(/function/i, 'thing', FunctionArn);
  note(/arn|resource/i, FunctionArn);
  const { stateMachineArn } = await client(SFNClient).send(
    new CreateStateMachineCommand({
      name: 'thing',
      roleArn: arns[1],
      definition: '{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Succeed"}}}',
    }),
  );
  note(/machine|arn/i, stateMachineArn);
  const ec2 = client(EC2Client);
  const { Vpc } = await ec2.send(new CreateDefaultVpcCommand({}));
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const ImageId = Images[0]?.ImageId;
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'thing',
      LaunchTemplateData: { ImageId, InstanceType: 't3.micro' },
    }),
  );
  note(/vpc/i, Vpc?.VpcId);
  note(/image/i, ImageId);
  note(/templateid/i, LaunchTemplate?.LaunchTemplateId);
  note(/templatename/i, 'thing');
  note(/version/i, '$Latest', '1');
  await client(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'things',
      MinSize: 0,
      MaxSize: 2,
      DesiredCapacity: 0,
      AvailabilityZones: [`${region}a`],
      LaunchTemplate: { LaunchTemplateName: 'thing', Version: '$Latest' },
    }),
  );
  note(/zone/i, `${region}a`);
  note(/autoscalinggroup/i, 'things');
  const ecs = client(ECSClient);
  const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'things' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'thing',
      containerDefinitions: [{ name: 'one', image: 'busybox', memory: 64 }],
    }),
  );
  note(/cluster/i, 'things', cluster?.clusterArn);
  note(/taskdef/i, 'thing:1');
  note(/family/i, 'thing');
}

async function makeMessages({ client, note }: Maker): Promise<void> {
  const { QueueUrl } = await client(SQSClient).send(
    new CreateQueueCommand({ QueueName: 'things' }),
  );
  const { TopicArn } = await client(SNSClient).send(new CreateTopicCommand({ Name: 'things' }));
  note(/queue/i, QueueUrl);
  note(/topic|resource/i, TopicArn);
  const { RuleArn } = await client(EventBridgeClient).send(
    new PutRuleCommand({ Name: 'thing', EventPattern: '{"source":["x"]}' }),
  );
  note(/rule|^name$/i, 'thing');
  note(/arn|resource/i, RuleArn);
  await client(CloudWatchClient).send(
    new PutMetricAlarmCommand({
      AlarmName: 'thing',
      Namespace: 'Things',
      MetricName: 'Count',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  const { ScheduleGroupArn } = await client(SchedulerClient).send(
    new CreateScheduleGroupCommand({ Name: 'things' }),
  );
  note(/group/i, 'things');
  note(/alarm/i, 'thing');
  note(/namespace/i, 'Things');
  note(/metric/i, 'Count');
  note(/arn|resource/i, ScheduleGroupArn);
  note(/schedule|expression/i, 'rate(5 minutes)', 'cron(0 12 * * ? *)');
  const { componentBuildVersionArn } = await client(ImagebuilderClient).send(
    new CreateComponentCommand({
      name: 'thing',
      platform: 'Linux',
      semanticVersion: '1.0.0',
      data: componentText,
      clientToken: 'once',
    }),
  );
  note(/component/i, componentBuildVersionArn);
  note(/arn/i, componentBuildVersionArn);
}
