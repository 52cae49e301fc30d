import { describe, expect, it } from '@jest/globals';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateDefaultVpcCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateImageCommand,
  ListImageBuildVersionsCommand,
  ListImagePipelineImagesCommand,
  StartImagePipelineExecutionCommand,
} from '@aws-sdk/client-imagebuilder';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  accountId,
  distributions,
  hour,
  imageBuilderArn,
  organization,
  organizationArn,
  parentParameter,
  region,
  setUp,
} from '../../../test/imagebuilder-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { readTextFile } from '../../image-model/index.ts';
import { findImage } from '../ec2/images.ts';

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
