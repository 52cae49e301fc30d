import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { examplePayload, type Place } from '@golden/stage/fleet-stage.ts';
import { announce, imageMessage, publishToImages } from '@golden/stage/image-message.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';

const regions = ['eu-west-1', 'eu-central-1'];

describe('a message on the topic of Image Builder', () => {
  let stage: RolloutStage;
  let places: readonly Place[];

  beforeAll(async () => {
    stage = await RolloutStage.open();
    places = regions.map((region) => stage.fleet.place('workload-1', region));
    await stage.deploy({ BakeSeconds: '0', WaveBakeMinutes: '0' });
    for (const place of places)
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
    const { record } = await stage.ship('harden.sh');
    expect(record.state).toBe('completed');
  }, 120_000);

  const subjects = (): string[] => stage.fleet.infra.emails().map(({ subject }) => subject);

  /** What fan-out logs when the topic hands it a message. */
  const loggedOf = async (message: string): Promise<string> => {
    const { infra } = stage.fleet;
    const { LogResult = '' } = await infra.client(LambdaClient).send(
      new InvokeCommand({
        FunctionName: infra.outputs['FanOutFunctionName'],
        LogType: 'Tail',
        Payload: JSON.stringify({
          Records: [{ EventSource: 'aws:sns', Sns: { Message: message } }],
        }),
      }),
    );
    return Buffer.from(LogResult, 'base64').toString();
  };

  const lostReports = async (): Promise<string | undefined> => {
    const { infra } = stage.fleet;
    const { Attributes } = await infra.client(SQSClient).send(
      new GetQueueAttributesCommand({
        QueueUrl: infra.outputs['FanOutFailuresQueueUrl'],
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    return Attributes?.['ApproximateNumberOfMessages'];
  };

  /** Everything that a message could change. */
  const everything = async () => ({
    versions: await stage.fleet.infra.versions(),
    executions: (await stage.executions()).map(({ name, status }) => [name, status]),
    lock: (await stage.store.lock()).value,
    stable: await stage.stable(),
    mails: subjects(),
  });

  const newest = async (): Promise<VersionRecord> => {
    const [version] = await stage.fleet.infra.versions();
    if (!version) throw new Error('there is no version');
    return version;
  };

  it.each([
    ['that is not JSON', () => 'not json', /not.*JSON/i],
    ['that is JSON and says nothing', () => '{"state":{}}', /Image Builder message/],
    [
      'of somebody else’s pipeline',
      (message: object) =>
        JSON.stringify({
          ...message,
          sourcePipelineArn: 'arn:aws:imagebuilder:eu-west-1:111122223333:image-pipeline/other',
        }),
      /other-pipeline/,
    ],
    [
      'of a build that nobody knows',
      (message: object) =>
        JSON.stringify(message).replace(/(image\/golden\/1\.0\.)[0-9]+\/1/, '$1999/1'),
      /unknown-version/,
    ],
    [
      'that says FAILED of an image that is there',
      (message: object) => JSON.stringify({ ...message, state: { status: 'FAILED' } }),
      /out-of-order/,
    ],
  ])('%s is logged with the reason and changes nothing', async (_what, textOf, reason) => {
    const before = await everything();
    const message = textOf(imageMessage(stage.fleet.infra, await newest()));
    await publishToImages(stage.fleet.infra, message);
    await stage.fleet.world.scheduler.runFor(hour / 4);
    const log = await loggedOf(message);
    expect(log).toContain('image-message-ignored');
    expect(log).toMatch(reason);
    expect(await everything()).toEqual(before);
  });

  it('that comes twenty times, hours later, moves nothing', async () => {
    const version = await newest();
    const before = await everything();
    for (let time = 0; time < 20; time += 1) await announce(stage.fleet.infra, version);
    await stage.fleet.world.scheduler.runFor(hour);
    expect(await everything()).toEqual(before);
  });

  it('of our pipeline that cannot be read is kept, and an alarm says so', async () => {
    const message = { ...imageMessage(stage.fleet.infra, await newest()), arn: 'nonsense' };
    const before = await everything();
    await publishToImages(stage.fleet.infra, JSON.stringify(message));
    await stage.until(
      () => Promise.resolve(subjects().some((subject) => /FanOutFailures/.test(subject))),
      hour,
    );
    expect(await lostReports()).toBe('1');
    expect({ ...(await everything()), mails: [] }).toEqual({ ...before, mails: [] });
  });

  it('that says FAILED ends the version and starts no rollout', async () => {
    const before = await stage.executions();
    await stage.fleet.infra.upload('payloads/fails.sh', '#!/bin/bash\nexit 1\n');
    const [version] = await stage.fleet.infra.buildsSettle();
    expect(version).toMatchObject({ state: 'failed' });
    expect(version?.reason).not.toBe('');
    expect(subjects()).toContain(`golden golden: image failed ${version?.version ?? ''}`);
    await stage.fleet.world.scheduler.runFor(hour / 4);
    expect(await stage.executions()).toEqual(before);
  });

  /** Publishes a message of a build that is still at work, ahead of the one that Image Builder sends at its end. */
  const report = async (
    name: string,
    amisOf: (message: object) => object,
  ): Promise<VersionRecord> => {
    const { n } = await newest();
    await stage.fleet.infra.upload(`payloads/${name}`, examplePayload('harden.sh') + `# ${name}\n`);
    const isBuilding = async (): Promise<boolean> => {
      const version = await newest();
      return version.n !== n && version.state === 'building' && version.imageArn !== undefined;
    };
    await stage.until(isBuilding, hour);
    const version = await newest();
    const message = amisOf(imageMessage(stage.fleet.infra, version));
    await publishToImages(stage.fleet.infra, JSON.stringify(message));
    return version;
  };

  it('without any AMI of ours fails the version, says so, and the image’s true end changes nothing', async () => {
    const version = await report('no-ami.sh', (message) => ({
      ...message,
      outputResources: { amis: [] },
    }));
    await stage.fleet.world.scheduler.runFor(3 * hour);
    expect(await newest()).toMatchObject({
      n: version.n,
      state: 'failed',
      reason: 'Image Builder said AVAILABLE and named no AMI of this account',
    });
    expect(subjects()).toContain(`golden golden: image failed ${version.version}`);
    expect(await stage.rollout(version)).toBeUndefined();
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  });

  /** An image of ours that was built and is in no version: what the message before this one did not name. */
  const unclaimedImage = async (region: string): Promise<string> => {
    const { infra } = stage.fleet;
    const { Images = [] } = await infra
      .client(EC2Client, { region })
      .send(new DescribeImagesCommand({ Owners: ['self'] }));
    const known = (await infra.versions()).flatMap(({ amis = {} }) => Object.values(amis));
    const found = Images.find(({ ImageId }) => known.every((ami) => ami !== ImageId));
    return found?.ImageId ?? '';
  };

  it('without the AMI of the home Region leaves that Region alone, says so, and moves the other', async () => {
    const otherAmi = await unclaimedImage('eu-central-1');
    const version = await report('one-region.sh', (message) => ({
      ...message,
      outputResources: { amis: [{ region: 'eu-central-1', image: otherAmi }] },
    }));
    const { record, targets } = await stage.ended(version);
    expect(record).toMatchObject({ state: 'completed', amis: { 'eu-central-1': otherAmi } });
    expect(Object.keys(record.amis)).toEqual(['eu-central-1']);
    const here = targets.filter(({ accountName }) => accountName === 'workload-1');
    expect(Object.fromEntries(here.map(({ region, ended }) => [region, ended]))).toMatchObject({
      'eu-central-1': { outcome: 'refreshed' },
      'eu-west-1': { outcome: 'not-enrolled', reason: 'no-image' },
    });
    expect(subjects().some((subject) => /^ALARM: .*ImageRegionMissing/.test(subject))).toBe(true);
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  });
});
