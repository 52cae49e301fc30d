import { describe, expect, it } from '@jest/globals';
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { CancelImageCreationCommand, type Image } from '@aws-sdk/client-imagebuilder';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  accountId,
  distributions,
  hour,
  imageBuilderArn,
  region,
  setUp,
} from '../../../test/imagebuilder-fixture.ts';

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
