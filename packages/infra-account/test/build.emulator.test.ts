import { describe, expect, it } from '@jest/globals';
import {
  CancelImageCreationCommand,
  ImagebuilderClient,
  ListImagesCommand,
} from '@aws-sdk/client-imagebuilder';
import { EC2Client, EnableEbsEncryptionByDefaultCommand } from '@aws-sdk/client-ec2';
import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { faults } from '@golden/emulator';
import { hour, InfraStage, type StageOptions } from '@golden/stage/infra-stage.ts';

const goodScript = '#!/bin/bash\nset -euo pipefail\necho hardened > /etc/motd\n';
const otherScript = '#!/bin/bash\nset -euo pipefail\necho otherwise > /etc/motd\n';

/** A deployed line whose lists have two items a page. */
async function deployed(options: StageOptions = {}): Promise<InfraStage> {
  const stage = await InfraStage.open({
    ...options,
    settings: { pageSizeMax: 2, ...options.settings },
  });
  const { StackStatus } = await stage.deploy();
  if (StackStatus !== 'CREATE_COMPLETE') throw new Error((await stage.failures()).join('\n'));
  await stage.confirmNotices();
  return stage;
}

const subjects = (stage: InfraStage): string[] =>
  stage
    .emails()
    .slice(1)
    .map(({ subject }) => subject);

describe('an upload', () => {
  it('becomes an image that the organization sees, with its whole provenance', async () => {
    const stage = await deployed();
    const upload = await stage.upload('payloads/harden.sh', goodScript);
    const [version, ...others] = await stage.buildsSettle();
    expect(others).toEqual([]);
    expect(version).toEqual({
      line: 'golden',
      n: 1,
      version: '1.0.1',
      claimId: expect.stringMatching(/^[0-9a-f]{40}$/),
      cause: 'upload',
      state: 'available',
      payload: {
        ...upload,
        sizeBytes: goodScript.length,
        etag: expect.stringMatching(/^[0-9a-f]{32}$/),
        uploadedBy: stage.infra.id,
        uploadedAt: expect.stringMatching(/^2026-11-21T/),
        sequencer: expect.any(String),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      parentAmi: expect.stringMatching(/^ami-[0-9a-f]{17}$/),
      recipeArn: `arn:aws:imagebuilder:eu-west-1:${stage.infra.id}:image-recipe/golden/1.0.1`,
      imageArn: `arn:aws:imagebuilder:eu-west-1:${stage.infra.id}:image/golden/1.0.1/1`,
      amis: {
        'eu-west-1': expect.stringMatching(/^ami-[0-9a-f]{17}$/),
        'eu-central-1': expect.stringMatching(/^ami-[0-9a-f]{17}$/),
      },
      reachedAt: {
        claimed: expect.any(String),
        building: expect.any(String),
        available: expect.any(String),
      },
      noticeDue: expect.anything(),
      noticedAt: { 'image-available': expect.any(String) },
    });
    expect(subjects(stage)).toEqual(['golden golden: image available 1.0.1']);
  });

  it('is refused when EBS encryption by default would make the image unshareable', async () => {
    const stage = await deployed();
    await stage
      .client(EC2Client, { region: 'eu-central-1' })
      .send(new EnableEbsEncryptionByDefaultCommand({}));
    await stage.upload('payloads/harden.sh', goodScript);
    expect(await stage.buildsSettle()).toEqual([]);
    expect(subjects(stage)).toEqual(['golden golden: payload rejected (ebs-default-encryption)']);
    expect(stage.emails().at(-1)?.body).toMatch(/eu-central-1/);
  });

  it('that is cancelled in Image Builder ends cancelled, and people are told once', async () => {
    const stage = await deployed();
    await stage.upload('payloads/harden.sh', goodScript);
    await stage.world.scheduler.runFor(5 * 60_000);
    const [building] = await stage.versions();
    await stage.client(ImagebuilderClient).send(
      new CancelImageCreationCommand({
        imageBuildVersionArn: building?.imageArn,
        clientToken: 'by-hand',
      }),
    );
    const [version] = await stage.buildsSettle();
    expect(version?.state).toBe('cancelled');
    await stage.world.scheduler.runFor(hour);
    expect(subjects(stage)).toEqual(['golden golden: image cancelled 1.0.1']);
  });

  it('waits in its queue for its turn and is never overtaken', async () => {
    const stage = await deployed();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await stage.upload(`payloads/${name}.sh`, `${goodScript}echo ${name}\n`);
      await stage.world.scheduler.runFor(20_000);
    }
    const versions = await stage.buildsSettle();
    expect(versions.map(({ version, state }) => [version, state])).toEqual(
      [5, 4, 3, 2, 1].map((n) => [`1.0.${n}`, 'available']),
    );
    expect(versions.map(({ payload }) => payload.key)).toEqual(
      ['e', 'd', 'c', 'b', 'a'].map((name) => `payloads/${name}.sh`),
    );
    expect((await stage.recipes()).length).toBe(6);
  });
});

describe('a message that comes back from the dead-letter queue', () => {
  it('starts nothing when a newer payload was built meanwhile', async () => {
    const stage = await deployed();
    let isBroken = true;
    faults(stage.world).onCall((call) =>
      isBroken && call.operation === 'CreateImageRecipe'
        ? { error: { code: 'ServiceException', status: 500 } }
        : 'proceed',
    );
    await stage.upload('payloads/first.sh', goodScript);
    await stage.world.scheduler.runFor(5 * hour);
    const sqs = stage.client(SQSClient);
    const deadLetters = {
      QueueUrl: stage.outputs['PayloadDeadLetterQueueUrl'],
      AttributeNames: ['All' as const],
    };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(deadLetters));
    expect(Attributes?.['ApproximateNumberOfMessages']).toBe('1');
    isBroken = false;
    await stage.upload('payloads/second.sh', otherScript);
    await stage.world.scheduler.runFor(hour);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.['QueueArn'] }));
    const versions = await stage.buildsSettle();
    expect(versions.map(({ version, state, payload }) => [version, state, payload.key])).toEqual([
      ['1.0.2', 'available', 'payloads/second.sh'],
      ['1.0.1', 'superseded', 'payloads/first.sh'],
    ]);
    const { imageVersionList } = await stage
      .client(ImagebuilderClient)
      .send(new ListImagesCommand({ owner: 'Self' }));
    expect(imageVersionList?.map(({ version }) => version)).toEqual(['1.0.2']);
  });
});

describe('what is not ours', () => {
  const nonsense = [
    'null',
    '[]',
    'not json',
    '{"Records":[]}',
    '{"state":{"status":"AVAILABLE"}}',
    '{"cause":"nothing"}',
    JSON.stringify({
      arn: 'arn:aws:imagebuilder:eu-west-1:111122223333:image/other/1.0.1/1',
      sourcePipelineArn: 'arn:aws:imagebuilder:eu-west-1:111122223333:image-pipeline/other',
      state: { status: 'FAILED', reason: 'none of our business' },
    }),
  ];

  it('changes nothing, whether it is invoked, published or queued', async () => {
    const stage = await deployed();
    await stage.upload('payloads/harden.sh', goodScript);
    const before = await stage.buildsSettle();
    const mails = subjects(stage);
    const FunctionName = await stage.physicalId('FanOutHandlerFunction');
    const TopicArn = stage.outputs['ImagesTopicArn'];
    const QueueUrl = stage.outputs['PayloadQueueUrl'];
    for (const text of nonsense) {
      const Payload = text === 'not json' ? '"not json"' : text;
      await stage
        .client(LambdaClient)
        .send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
      await stage.client(SNSClient).send(new PublishCommand({ TopicArn, Message: text }));
      await stage
        .client(SQSClient)
        .send(new SendMessageCommand({ QueueUrl, MessageBody: text, MessageGroupId: 'nonsense' }));
    }
    // Forty deliveries of each queued message, one group, six minutes apart.
    await stage.world.scheduler.runFor(nonsense.length * 5 * hour);
    expect(await stage.versions()).toEqual(before);
    expect(subjects(stage).filter((subject) => subject.startsWith('golden '))).toEqual(mails);
    const { Attributes } = await stage.client(SQSClient).send(
      new GetQueueAttributesCommand({
        QueueUrl: stage.outputs['PayloadDeadLetterQueueUrl'],
        AttributeNames: ['All'],
      }),
    );
    expect(Attributes?.['ApproximateNumberOfMessages']).toBe(String(nonsense.length));
    expect(subjects(stage).some((subject) => subject.includes('AlarmPayloadDeadLetters'))).toBe(
      true,
    );
  });
});
