import { CreateDefaultVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  GetImageCommand,
  ImagebuilderClient,
  StartImagePipelineExecutionCommand,
  type ComponentConfiguration,
  type Distribution,
  type Image,
} from '@aws-sdk/client-imagebuilder';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ec2 } from '../src/services/ec2/operations.ts';
import { iam } from '../src/services/iam/operations.ts';
import { imagebuilder } from '../src/services/imagebuilder/operations.ts';
import { kms } from '../src/services/kms/operations.ts';
import { logs } from '../src/services/logs/operations.ts';
import { s3 } from '../src/services/s3/operations.ts';
import { sns } from '../src/services/sns/operations.ts';
import { sqs } from '../src/services/sqs/operations.ts';
import { ssm } from '../src/services/ssm/operations.ts';
import { accountFixture, type AccountFixture } from './account-fixture.ts';

export const hour = 3_600_000;
export const accountId = '111111111111';
export const region = 'eu-west-1';
export const organization = 'o-abcdefghij';
export const organizationArn = `arn:aws:organizations::${accountId}:organization/${organization}`;
export const parentParameter =
  'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
export const imageBuilderArn = (rest: string): string =>
  `arn:aws:imagebuilder:${region}:${accountId}:${rest}`;

const document = `name: install
schemaVersion: 1.0
parameters:
  - Script: { type: string }
  - Release: { type: string, default: none }
constants:
  - File: { type: string, value: /root/script.sh }
phases:
  - name: build
    steps:
      - name: Fetch
        action: S3Download
        maxAttempts: 2
        inputs:
          - source: '{{ Script }}'
            destination: '{{ File }}'
      - name: Check
        action: ExecuteBash
        inputs:
          commands:
            - set -euo pipefail
            - bash -n '{{ build.Fetch.inputs[0].destination }}'
      - name: Run
        action: ExecuteBash
        timeoutSeconds: 600
        inputs:
          commands:
            - set -euo pipefail
            - chmod 0700 {{ File }}
            - '{{ File }}'
      - name: Sign
        action: CreateFile
        inputs:
          - path: /etc/release-of-image
            content: |
              release={{ Release }}
              ran={{ build.Run.outputs.stdout }}
            permissions: '0644'
  - name: validate
    steps:
      - name: Signed
        action: ExecuteBash
        inputs:
          commands: ['grep -q release= /etc/release-of-image']
  - name: test
    steps:
      - name: Booted
        action: ExecuteBash
        inputs:
          commands:
            - set -euo pipefail
            - grep -Fqx 'release={{ Release }}' /etc/release-of-image
            - systemctl is-active --quiet docker.service
            - systemctl is-active --quiet ecs.service
`;

const instanceStatements = {
  agent: {
    Effect: 'Allow',
    Action: ['ssm:UpdateInstanceInformation', 'ssmmessages:*', 'ec2messages:*'],
    Resource: '*',
  },
  component: { Effect: 'Allow', Action: 'imagebuilder:GetComponent', Resource: '*' },
  script: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::builds-1/scripts/*' },
  logObjects: { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::builds-1/log/*' },
  logEvents: {
    Effect: 'Allow',
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: 'arn:aws:logs:*:*:log-group:/aws/imagebuilder/*',
  },
};

interface Setup {
  readonly without?: keyof typeof instanceStatements;
  readonly script?: string;
  readonly distributions?: Distribution[];
  readonly instanceTypes?: string[];
  readonly terminateInstanceOnFailure?: boolean;
}

/** An account with a pipeline for images of the recipe `line`, and a queue that hears its topic. */
export interface Builder extends AccountFixture {
  readonly builder: ImagebuilderClient;
  readonly componentArn: string;
  readonly pipelineArn: string;
  readonly infrastructureArn: string;
  makeRecipe(version: string, more?: object): Promise<string>;
  start(clientToken: string): Promise<string>;
  image(arn: string): Promise<Image>;
  /** Starts the pipeline and waits for the end. */
  build(): Promise<Image>;
  /** What the topic said so far, as JSON text. */
  messages(): Promise<string[]>;
  states(): string[];
}

export async function setUp(setup: Setup = {}): Promise<Builder> {
  const given = accountFixture([iam, ssm, ec2, s3, kms, sns, sqs, logs, imagebuilder]);
  const { world } = given;
  const home = world.directory.get(accountId);
  if (home)
    Object.assign(home, {
      organizationId: organization,
      organizationPath: `${organization}/r-abcd/`,
    });
  await given.client(EC2Client).send(new CreateDefaultVpcCommand({}));
  await makeInstanceProfile(given, setup.without);
  await makeBucket(given, setup.script ?? '#!/bin/bash\necho "made by the script"\n');
  const queue = await makeTopic(given);
  await given.spread();
  const builder = given.client(ImagebuilderClient);
  const { componentBuildVersionArn: componentArn = '' } = await builder.send(
    new CreateComponentCommand({
      name: 'install',
      semanticVersion: '1.0.0',
      platform: 'Linux',
      data: document,
    }),
  );
  const { infrastructureConfigurationArn: infrastructureArn = '' } = await builder.send(
    new CreateInfrastructureConfigurationCommand({
      name: 'infra',
      instanceProfileName: 'builder',
      instanceTypes: setup.instanceTypes ?? ['t3.medium'],
      snsTopicArn: `arn:aws:sns:${region}:${accountId}:images`,
      logging: { s3Logs: { s3BucketName: 'builds-1', s3KeyPrefix: 'log' } },
      resourceTags: { team: 'x' },
      ...(setup.terminateInstanceOnFailure === undefined
        ? {}
        : { terminateInstanceOnFailure: setup.terminateInstanceOnFailure }),
    }),
  );
  const makeRecipe = async (version: string, more: object = {}): Promise<string> => {
    const components: ComponentConfiguration[] = [
      {
        componentArn,
        parameters: [
          { name: 'Script', value: ['s3://builds-1/scripts/run.sh'] },
          { name: 'Release', value: [version] },
        ],
      },
    ];
    const { imageRecipeArn = '' } = await builder.send(
      new CreateImageRecipeCommand({
        name: 'line',
        semanticVersion: version,
        parentImage: parentParameter,
        components,
        ...more,
      }),
    );
    return imageRecipeArn;
  };
  await makeRecipe('1.0.0');
  const { distributionConfigurationArn } = await builder.send(
    new CreateDistributionConfigurationCommand({
      name: 'everywhere',
      distributions: setup.distributions ?? [{ region }],
    }),
  );
  const { imagePipelineArn: pipelineArn = '' } = await builder.send(
    new CreateImagePipelineCommand({
      name: 'pipe',
      imageRecipeArn: imageBuilderArn('image-recipe/line/1.0.x'),
      infrastructureConfigurationArn: infrastructureArn,
      distributionConfigurationArn,
    }),
  );
  const image = async (arn: string): Promise<Image> => {
    const answer = await builder.send(new GetImageCommand({ imageBuildVersionArn: arn }));
    if (!answer.image) throw new Error(`no image ${arn}`);
    return answer.image;
  };
  const start = async (clientToken: string): Promise<string> => {
    const { imageBuildVersionArn = '' } = await builder.send(
      new StartImagePipelineExecutionCommand({ imagePipelineArn: pipelineArn, clientToken }),
    );
    return imageBuildVersionArn;
  };
  return {
    ...given,
    builder,
    componentArn,
    pipelineArn,
    infrastructureArn,
    makeRecipe,
    image,
    start,
    async build() {
      const arn = await start('once');
      await world.scheduler.runFor(4 * hour);
      return image(arn);
    },
    messages: () => received(given, queue),
    states: () =>
      world.journal.entries
        .filter(({ service, name }) => service === 'imagebuilder' && name === 'image-state')
        .map(({ detail }) => String(detail['status'])),
  };
}

async function makeInstanceProfile(
  given: AccountFixture,
  without: keyof typeof instanceStatements | undefined,
): Promise<void> {
  const client = given.client(IAMClient);
  const RoleName = 'builder';
  await client.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
    }),
  );
  await client.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: 'build',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: Object.entries(instanceStatements)
          .filter(([name]) => name !== without)
          .map(([, statement]) => statement),
      }),
    }),
  );
  await client.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'builder' }));
  await client.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'builder', RoleName }),
  );
}

async function makeBucket(given: AccountFixture, script: string): Promise<void> {
  const client = given.client(S3Client);
  await client.send(
    new CreateBucketCommand({
      Bucket: 'builds-1',
      CreateBucketConfiguration: { LocationConstraint: region },
    }),
  );
  await client.send(
    new PutObjectCommand({ Bucket: 'builds-1', Key: 'scripts/run.sh', Body: script }),
  );
}

async function makeTopic(given: AccountFixture): Promise<string> {
  const { TopicArn = '' } = await given
    .client(SNSClient)
    .send(new CreateTopicCommand({ Name: 'images' }));
  const queueArn = `arn:aws:sqs:${region}:${accountId}:heard`;
  const { QueueUrl = '' } = await given.client(SQSClient).send(
    new CreateQueueCommand({
      QueueName: 'heard',
      Attributes: {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: queueArn,
            },
          ],
        }),
      },
    }),
  );
  await given.client(SNSClient).send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return QueueUrl;
}

async function received(given: AccountFixture, QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await given
    .client(SQSClient)
    .send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => Body);
}

export const distributions: Distribution[] = [region, 'us-east-1'].map((name) => ({
  region: name,
  amiDistributionConfiguration: {
    name: 'line {{ imagebuilder:buildDate }}',
    amiTags: { line: 'x' },
    launchPermission: { organizationArns: [organizationArn] },
  },
}));
