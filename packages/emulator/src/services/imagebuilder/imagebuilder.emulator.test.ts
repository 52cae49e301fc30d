import { describe, expect, it } from '@jest/globals';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateDefaultVpcCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CancelImageCreationCommand,
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImageCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  GetImageCommand,
  ImagebuilderClient,
  ListImageBuildVersionsCommand,
  ListImagePipelineImagesCommand,
  StartImagePipelineExecutionCommand,
  type ComponentConfiguration,
  type Distribution,
  type Image,
} from '@aws-sdk/client-imagebuilder';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { accountFixture, type AccountFixture } from '../../../test/account-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { readTextFile } from '../../image-model/index.ts';
import { findImage } from '../ec2/images.ts';
import { ec2 } from '../ec2/operations.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { logs } from '../logs/operations.ts';
import { s3 } from '../s3/operations.ts';
import { sns } from '../sns/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { ssm } from '../ssm/operations.ts';
import { imagebuilder } from './operations.ts';

const hour = 3_600_000;
const accountId = '111111111111';
const region = 'eu-west-1';
const organization = 'o-abcdefghij';
const organizationArn = `arn:aws:organizations::${accountId}:organization/${organization}`;
const parentParameter = 'ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
const imageBuilderArn = (rest: string): string =>
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

interface Builder extends AccountFixture {
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

async function setUp(setup: Setup = {}): Promise<Builder> {
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

const distributions: Distribution[] = [region, 'us-east-1'].map((name) => ({
  region: name,
  amiDistributionConfiguration: {
    name: 'line {{ imagebuilder:buildDate }}',
    amiTags: { line: 'x' },
    launchPermission: { organizationArns: [organizationArn] },
  },
}));

describe('a build', () => {
  it('goes through every state and ends with shared images in two Regions', async () => {
    const given = await setUp({ distributions });
    const image = await given.build();
    expect(image.state?.reason).toBeUndefined();
    expect(given.states()).toEqual([
      'PENDING',
      'CREATING',
      'BUILDING',
      'TESTING',
      'DISTRIBUTING',
      'INTEGRATING',
      'AVAILABLE',
    ]);
    expect(image).toMatchObject({
      arn: imageBuilderArn('image/line/1.0.0/1'),
      version: '1.0.0',
      state: { status: 'AVAILABLE' },
      sourcePipelineArn: given.pipelineArn,
      buildType: 'USER_INITIATED',
      osVersion: 'Amazon Linux 2023',
    });
    const amis = image.outputResources?.amis ?? [];
    expect(amis.map((ami) => [ami.region, ami.accountId])).toEqual([
      [region, accountId],
      ['us-east-1', accountId],
    ]);
    for (const ami of amis) {
      const client = given.client(EC2Client, { region: ami.region ?? '' });
      const { Images } = await client.send(
        new DescribeImagesCommand({ ImageIds: [ami.image ?? ''] }),
      );
      const tags = Object.fromEntries(
        (Images?.[0]?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]),
      );
      expect(tags).toEqual({
        CreatedBy: 'EC2 Image Builder',
        Ec2ImageBuilderArn: image.arn,
        line: 'x',
      });
      expect(Images?.[0]?.Name).toMatch(/^line 2026-11-21T\d\d-\d\d-\d\d\.\d{3}Z$/);
      const { LaunchPermissions } = await client.send(
        new DescribeImageAttributeCommand({ ImageId: ami.image, Attribute: 'launchPermission' }),
      );
      expect(LaunchPermissions).toEqual([{ OrganizationArn: organizationArn }]);
      const stored = findImage(
        given.world.scope(accountId, ami.region ?? '', 'ec2'),
        ami.image ?? '',
      );
      expect(stored && readTextFile(stored.contents, '/etc/release-of-image')).toBe(
        'release=1.0.0\nran=made by the script\n',
      );
    }
  });

  it('is announced by EventBridge at every change and by SNS at the end only', async () => {
    const given = await setUp();
    const image = await given.build();
    const events = given.world.journal.entries
      .filter(({ service, name }) => service === 'imagebuilder' && name === 'event-published')
      .map(({ detail }) => detail['event']);
    const change = (from: string, to: string) => ({
      source: 'aws.imagebuilder',
      'detail-type': 'EC2 Image Builder Image State Change',
      resources: [image.arn],
      detail: { 'previous-state': { status: from }, state: { status: to } },
    });
    expect(events).toMatchObject([
      change('CREATING', 'BUILDING'),
      change('BUILDING', 'TESTING'),
      change('TESTING', 'DISTRIBUTING'),
      change('DISTRIBUTING', 'INTEGRATING'),
      change('INTEGRATING', 'AVAILABLE'),
    ]);
    const [message = '', ...more] = await given.messages();
    expect(more).toEqual([]);
    // 1 * 2^90 + 1, which no JavaScript number holds exactly.
    expect(message).toContain('"semver":1237940039285380274899124225,');
    expect(JSON.parse(message)).toMatchObject({
      versionlessArn: imageBuilderArn('image/line'),
      arn: image.arn,
      name: 'line',
      version: '1.0.0',
      type: 'AMI',
      buildVersion: 1,
      state: { status: 'AVAILABLE' },
      platform: 'Linux',
      sourcePipelineArn: given.pipelineArn,
      imageRecipe: {
        parentImage: parentParameter,
        components: [{ componentArn: given.componentArn }],
      },
      infrastructureConfiguration: { instanceProfileName: 'builder' },
      dateCreated: expect.stringMatching(/^Nov 21, 2026 8:00:\d\d AM$/),
      outputResources: { amis: [{ region, accountId, image: expect.stringMatching(/^ami-/) }] },
      buildExecutionId: expect.any(String),
      testExecutionId: expect.any(String),
      distributionJobId: expect.any(String),
      integrationJobId: expect.any(String),
      accountId,
      buildType: 'USER_INITIATED',
    });
  });

  it('tags its instances, ends them and leaves its logs', async () => {
    const given = await setUp();
    await given.start('once');
    await given.world.scheduler.runFor(4 * 60_000);
    const client = given.client(EC2Client);
    const ours = { Name: 'tag:CreatedBy', Values: ['EC2 Image Builder'] };
    const running = async () => {
      const { Reservations = [] } = await client.send(
        new DescribeInstancesCommand({
          Filters: [ours, { Name: 'instance-state-name', Values: ['pending', 'running'] }],
        }),
      );
      return Reservations.flatMap(({ Instances = [] }) => Instances);
    };
    const [instance] = await running();
    expect(instance?.InstanceType).toBe('t3.medium');
    expect(instance?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'team', Value: 'x' },
        { Key: 'Name', Value: 'Build instance for line' },
      ]),
    );
    await given.world.scheduler.runFor(2 * hour);
    expect(await running()).toEqual([]);
    const { events = [] } = await given.client(CloudWatchLogsClient).send(
      new GetLogEventsCommand({
        logGroupName: '/aws/imagebuilder/line',
        logStreamName: '1.0.0/1',
        startFromHead: true,
      }),
    );
    expect(events.length).toBeGreaterThan(0);
    const { Contents = [] } = await given
      .client(S3Client)
      .send(new ListObjectsV2Command({ Bucket: 'builds-1', Prefix: 'log/line/1.0.0/1/' }));
    expect(Contents).toHaveLength(2);
  });

  it('resolves the wildcard when it starts, and counts builds of one version', async () => {
    const given = await setUp();
    await given.makeRecipe('1.0.7');
    await given.makeRecipe('1.0.12');
    await given.makeRecipe('1.1.0');
    expect(await given.start('a')).toBe(imageBuilderArn('image/line/1.0.12/1'));
    expect(await given.start('b')).toBe(imageBuilderArn('image/line/1.0.12/2'));
    expect(await given.start('a')).toBe(imageBuilderArn('image/line/1.0.12/1'));
    await given.makeRecipe('1.0.13');
    expect(await given.start('a')).toBe(imageBuilderArn('image/line/1.0.12/1'));
    expect(await given.start('c')).toBe(imageBuilderArn('image/line/1.0.13/1'));
    await expect(
      given.builder.send(
        new StartImagePipelineExecutionCommand({
          imagePipelineArn: given.pipelineArn,
          clientToken: 'a',
          tags: { other: '1' },
        }),
      ),
    ).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    await given.world.scheduler.runFor(4 * hour);
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await given.builder.send(
        new ListImagePipelineImagesCommand({ imagePipelineArn: given.pipelineArn, nextToken }),
      );
      sizes.push(page.imageSummaryList?.length ?? 0);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(sizes).toEqual([2, 1]);
    const { imageSummaryList } = await given.builder.send(
      new ListImageBuildVersionsCommand({
        imageVersionArn: imageBuilderArn('image/line/1.0.12'),
      }),
    );
    expect(imageSummaryList?.map(({ state }) => state?.status)).toEqual(['AVAILABLE', 'AVAILABLE']);
  });

  it('can be started from an exact recipe, without tests and distribution', async () => {
    const given = await setUp();
    const create = (imageRecipeArn: string) =>
      given.builder.send(
        new CreateImageCommand({
          imageRecipeArn,
          infrastructureConfigurationArn: given.infrastructureArn,
          imageTestsConfiguration: { imageTestsEnabled: false },
        }),
      );
    await expect(create(imageBuilderArn('image-recipe/line/1.0.x'))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
    const { imageBuildVersionArn = '' } = await create(imageBuilderArn('image-recipe/line/1.0.0'));
    await given.world.scheduler.runFor(2 * hour);
    const image = await given.image(imageBuildVersionArn);
    expect(image.state?.status).toBe('AVAILABLE');
    expect(given.states()).not.toContain('TESTING');
    expect(image.outputResources?.amis?.[0]?.name).toMatch(/^line 2026-11-21T/);
  });

  it('reboots and repeats a step that ends with 194', async () => {
    const given = await setUp({
      script:
        '#!/bin/bash\nif [ -f /var/again ]; then echo "second run"; exit 0; fi\ntouch /var/again\nexit 194\n',
    });
    const image = await given.build();
    expect(image.state?.reason).toBeUndefined();
    const [ami] = image.outputResources?.amis ?? [];
    const stored = findImage(given.world.scope(accountId, region, 'ec2'), ami?.image ?? '');
    expect(stored && readTextFile(stored.contents, '/etc/release-of-image')).toContain(
      'ran=second run',
    );
  });

  it('builds a second image on one of its own', async () => {
    const given = await setUp();
    const first = await given.build();
    await given.makeRecipe('1.0.1', { parentImage: imageBuilderArn('image/line/x.x.x') });
    const arn = await given.start('second');
    await given.world.scheduler.runFor(4 * hour);
    const second = await given.image(arn);
    expect(second.state).toEqual({ status: 'AVAILABLE' });
    expect(second.arn).not.toBe(first.arn);
  });
});

describe('a failing build', () => {
  const failedIn = (state: string, message: string): string =>
    `failed for image arn: '${imageBuilderArn('image/line/1.0.0/1')}' with status = 'Failed' in state = '${state}' and failure message = '${message}'`;

  it('names the component, and the step in the journal', async () => {
    const given = await setUp({ script: '#!/bin/bash\nif true; then\n' });
    const image = await given.build();
    expect(image.state?.status).toBe('FAILED');
    expect(image.state?.reason).toContain(
      failedIn('BUILDING', `Document ${given.componentArn} failed!`),
    );
    expect(image.outputResources?.amis ?? []).toEqual([]);
    const failed = given.world.journal.entries.find(
      ({ name, detail }) => name === 'image-state' && detail['status'] === 'FAILED',
    );
    expect(failed?.detail['failureContext']).toMatchObject({
      imageStatus: 'BUILDING',
      componentFailure: { phaseName: 'build', stepName: 'Check', action: 'ExecuteBash' },
    });
    const [message = ''] = await given.messages();
    const body: unknown = JSON.parse(message);
    expect(body).toMatchObject({
      state: { status: 'FAILED', reason: image.state?.reason },
      outputResources: { amis: [] },
    });
    expect(body).not.toHaveProperty('buildExecutionId');
    expect(body).not.toHaveProperty('osVersion');
  });

  it('can fail in the test of the booted image', async () => {
    const given = await setUp({ script: '#!/bin/bash\nsystemctl disable --now ecs\n' });
    const image = await given.build();
    expect(image.state?.reason).toContain(
      failedIn('TESTING', `Document ${given.componentArn} failed!`),
    );
    expect(given.states()).toEqual(['PENDING', 'CREATING', 'BUILDING', 'TESTING', 'FAILED']);
  });

  it.each([
    ['agent', 'verifying the SSM Agent availability on the target instance(s)'],
    ['component', 'failed!'],
    ['script', 'failed!'],
    ['logObjects', 'AccessDenied: Access Denied status code: 403'],
  ] as const)('lacks the right of the instance to %s', async (without, reason) => {
    const given = await setUp({ without });
    const image = await given.build();
    expect(image.state?.status).toBe('FAILED');
    expect(image.state?.reason).toContain(reason);
  });

  it('goes on without the right to write log events, which are lost', async () => {
    const given = await setUp({ without: 'logEvents' });
    const image = await given.build();
    expect(image.state?.status).toBe('AVAILABLE');
    expect(given.world.journal.entries.some(({ name }) => name === 'log-lost')).toBe(true);
  });

  it('has an instance type of another architecture', async () => {
    const given = await setUp({ instanceTypes: ['t4g.medium'] });
    const image = await given.build();
    expect(image.state?.reason).toContain(
      "The architecture 'arm64' of the specified instance type",
    );
  });

  it('cannot share images on the AWS managed key', async () => {
    const given = await setUp({ distributions });
    await given
      .client(EC2Client, { region: 'us-east-1' })
      .send(new EnableEbsEncryptionByDefaultCommand({}));
    const image = await given.build();
    expect(image.state?.status).toBe('FAILED');
    expect(image.state?.reason).toMatch(
      /^Distribution failed with JobId '[0-9a-f-]+', status = 'Failed' for ARN '[^']+'\. 'Not all distribution jobs are completed\. 1\) EC2 Client Error: 'Snapshots encrypted with the AWS Managed CMK can't be shared\. Specify another snapshot\.' when distributing the image from the source account \(ID: 111111111111\) to the destination account \(ID: 111111111111\) in Region us-east-1\.'$/,
    );
  });

  it('shares images on a customer managed key while the key works', async () => {
    const given = await setUp({ distributions: distributions.slice(0, 1) });
    const keys = given.client(KMSClient);
    const { KeyMetadata } = await keys.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId ?? '';
    const buildOn = async (version: string): Promise<Image> => {
      await given.makeRecipe(version, {
        blockDeviceMappings: [
          { deviceName: '/dev/xvda', ebs: { encrypted: true, kmsKeyId: KeyMetadata?.Arn } },
        ],
      });
      const arn = await given.start(version);
      await given.world.scheduler.runFor(4 * hour);
      return given.image(arn);
    };
    const image = await buildOn('1.0.1');
    expect(image.state).toEqual({ status: 'AVAILABLE' });
    const { Images } = await given
      .client(EC2Client)
      .send(
        new DescribeImagesCommand({ ImageIds: [image.outputResources?.amis?.[0]?.image ?? ''] }),
      );
    expect(Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.Encrypted).toBe(true);
    await keys.send(new DisableKeyCommand({ KeyId }));
    const failed = await buildOn('1.0.2');
    expect(failed.state?.reason).toContain('Client.InvalidKMSKey.InvalidState');
  });

  it('keeps its instance when it is told so', async () => {
    const given = await setUp({
      script: '#!/bin/bash\nexit 3\n',
      terminateInstanceOnFailure: false,
    });
    const image = await given.build();
    expect(image.state?.status).toBe('FAILED');
    const { Reservations } = await given.client(EC2Client).send(
      new DescribeInstancesCommand({
        Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
      }),
    );
    expect(Reservations).toHaveLength(1);
  });

  it('loses its message when the topic is gone', async () => {
    const given = await setUp();
    const topic = given.client(SNSClient);
    const { DeleteTopicCommand } = await import('@aws-sdk/client-sns');
    await topic.send(
      new DeleteTopicCommand({ TopicArn: `arn:aws:sns:${region}:${accountId}:images` }),
    );
    const image = await given.build();
    expect(image.state?.status).toBe('AVAILABLE');
    expect(given.world.journal.entries.some(({ name }) => name === 'notification-lost')).toBe(true);
  });
});

describe('a cancelled build', () => {
  it('ends CANCELLED with an event, no message and no instance, and cannot be cancelled twice', async () => {
    const given = await setUp();
    const arn = await given.start('once');
    await given.world.scheduler.runFor(3 * 60_000);
    const cancel = (clientToken: string) =>
      given.builder.send(
        new CancelImageCreationCommand({ imageBuildVersionArn: arn, clientToken }),
      );
    await cancel('a');
    await expect(cancel('b')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await given.world.scheduler.runFor(hour);
    expect((await given.image(arn)).state?.status).toBe('CANCELLED');
    expect(given.states().at(-1)).toBe('CANCELLED');
    expect(await given.messages()).toEqual([]);
    const { Reservations } = await given.client(EC2Client).send(
      new DescribeInstancesCommand({
        Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }],
      }),
    );
    expect(Reservations).toEqual([]);
    await expect(cancel('c')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});

describe('who may build', () => {
  const userOf = async (given: Builder, statements: object[]): Promise<ImagebuilderClient> => {
    const {
      AttachUserPolicyCommand,
      CreateAccessKeyCommand,
      CreatePolicyCommand,
      CreateUserCommand,
    } = await import('@aws-sdk/client-iam');
    const client = given.client(IAMClient);
    await client.send(new CreateUserCommand({ UserName: 'starter' }));
    const { Policy } = await client.send(
      new CreatePolicyCommand({
        PolicyName: 'start',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    );
    await client.send(
      new AttachUserPolicyCommand({ UserName: 'starter', PolicyArn: Policy?.Arn ?? '' }),
    );
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: 'starter' }));
    await given.spread();
    await given.spread();
    return given.client(ImagebuilderClient, {
      as: {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
        sessionToken: undefined,
      },
    });
  };
  const startWith = (client: ImagebuilderClient, given: Builder, clientToken: string) =>
    client.send(
      new StartImagePipelineExecutionCommand({ imagePipelineArn: given.pipelineArn, clientToken }),
    );

  it('needs the right to make the service-linked role only for the first build of an account', async () => {
    const given = await setUp();
    const client = await userOf(given, [
      {
        Effect: 'Allow',
        Action: 'imagebuilder:StartImagePipelineExecution',
        Resource: given.pipelineArn,
      },
    ]);
    await expect(startWith(client, given, 'a')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:CreateServiceLinkedRole'),
    });
    await given.start('admin');
    expect((await startWith(client, given, 'a')).imageBuildVersionArn).toBe(
      imageBuilderArn('image/line/1.0.0/2'),
    );
  });

  it('needs to read what a recipe is made of', async () => {
    const given = await setUp();
    const client = await userOf(given, [
      { Effect: 'Allow', Action: 'imagebuilder:CreateImageRecipe', Resource: '*' },
      { Effect: 'Allow', Action: 'imagebuilder:GetComponent', Resource: given.componentArn },
    ]);
    const create = (parentImage: string, componentArn: string) =>
      client.send(
        new CreateImageRecipeCommand({
          name: 'other',
          semanticVersion: '1.0.0',
          parentImage,
          components: [
            { componentArn, parameters: [{ name: 'Script', value: ['s3://builds-1/x'] }] },
          ],
        }),
      );
    await expect(
      create(parentParameter, given.componentArn.replace(/1$/, '2')),
    ).rejects.toMatchObject({
      message: expect.stringContaining('imagebuilder:GetComponent'),
    });
    await expect(create('ami-0123456789abcdef0', given.componentArn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ec2:DescribeImages'),
    });
    await expect(
      create(imageBuilderArn('image/line/1.0.0/1'), given.componentArn),
    ).rejects.toMatchObject({ message: expect.stringContaining('imagebuilder:GetImage') });
    expect((await create(parentParameter, given.componentArn)).imageRecipeArn).toBe(
      imageBuilderArn('image-recipe/other/1.0.0'),
    );
  });
});

describe('the images of a build', () => {
  it('are launched by a member of the organization, and boot with what the script made', async () => {
    const given = await setUp({ distributions });
    const image = await given.build();
    const memberId = '222222222222';
    const member = createAccount(given.world, { id: memberId, name: 'member' });
    const entry = given.world.directory.get(memberId);
    if (entry)
      Object.assign(entry, {
        organizationId: organization,
        organizationPath: `${organization}/r-abcd/`,
      });
    await given.spread();
    const client = given.client(EC2Client, { as: member.adminCredentials });
    await client.send(new CreateDefaultVpcCommand({}));
    const { Images = [] } = await client.send(
      new DescribeImagesCommand({
        Owners: [accountId],
        Filters: [{ Name: 'name', Values: ['line *'] }],
      }),
    );
    expect(Images.map(({ ImageId }) => ImageId)).toEqual([image.outputResources?.amis?.[0]?.image]);
    const { Instances } = await client.send(
      new RunInstancesCommand({
        ImageId: Images[0]?.ImageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    expect(Instances?.[0]?.State?.Name).toBe('pending');
  });
});
