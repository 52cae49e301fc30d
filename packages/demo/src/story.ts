import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { examplePayload, type FleetStage } from '@golden/stage/fleet-stage.ts';
import { hour, type InfraStage } from '@golden/stage/infra-stage.ts';
import type { Expectations } from './expectations.ts';
import type { Narrator } from './narrator.ts';

const mebibyte = 1024 * 1024;

/** The story of the build half: what a platform team sees on its first day, good and bad. */
export class Story {
  readonly #fleet: FleetStage;
  readonly #stage: InfraStage;
  readonly #expect: Expectations;
  readonly #narrator: Narrator;

  constructor(fleet: FleetStage, expect: Expectations, narrator: Narrator) {
    this.#fleet = fleet;
    this.#stage = fleet.infra;
    this.#expect = expect;
    this.#narrator = narrator;
  }

  /** @returns the version that groups can move to */
  async tell(): Promise<VersionRecord> {
    await this.#deploy();
    await this.#buildsAnImage();
    await this.#hearsTheSameEventAgain();
    await this.#getsTheSameBytesAgain();
    await this.#refusesSyntaxErrors();
    await this.#goesBackToTheGoodPayload();
    await this.#refusesDeadAgents();
    await this.#refusesWhatIsNoScript();
    return this.#followsItsParent();
  }

  #chapter(title: string): void {
    this.#expect.chapter(title);
    this.#narrator.chapter(title);
  }

  #equal(promise: string, seen: unknown, wanted: unknown): void {
    this.#expect.equal(promise, seen, wanted);
    this.#narrator.checked();
  }

  #matches(promise: string, seen: string | undefined, pattern: RegExp): void {
    this.#expect.matches(promise, seen, pattern);
    this.#narrator.checked();
  }

  async #deploy(): Promise<void> {
    this.#chapter('Deploy the infra template');
    await this.#fleet.deploy();
    this.#equal(
      'the stack is created',
      (await this.#stage.stack())?.StackStatus,
      'CREATE_COMPLETE',
    );
    await this.#stage.confirmNotices();
  }

  async #buildsAnImage(): Promise<void> {
    this.#chapter('Upload harden.sh');
    await this.#stage.upload('payloads/harden.sh', examplePayload('harden.sh'));
    const [version] = await this.#stage.buildsSettle();
    this.#equal(
      'version 1.0.1 is available',
      [version?.version, version?.state],
      ['1.0.1', 'available'],
    );
    const regions = [this.#stage.home, ...this.#stage.otherRegions];
    this.#equal(
      'there is an AMI in each Region',
      Object.keys(version?.amis ?? {}).sort(),
      [...regions].sort(),
    );
    for (const region of regions) await this.#isShared(version, region);
    this.#matches('people are told', this.#lastMail(), /image available 1\.0\.1/);
  }

  async #isShared(version: VersionRecord | undefined, region: string): Promise<void> {
    const ami = version?.amis?.[region] ?? '';
    const seenBy = async (account: InfraStage['member']): Promise<(string | undefined)[]> => {
      const { Images } = await this.#stage
        .client(EC2Client, { account, region })
        .send(new DescribeImagesCommand({ ExecutableUsers: ['self'] }));
      return (Images ?? []).map(({ ImageId }) => ImageId).filter((id) => id === ami);
    };
    this.#equal(
      `an account of the organization sees it in ${region}`,
      await seenBy(this.#stage.member),
      [ami],
    );
    this.#equal(
      `an account outside does not see it in ${region}`,
      await seenBy(this.#stage.stranger),
      [],
    );
  }

  async #hearsTheSameEventAgain(): Promise<void> {
    this.#chapter('The same event is delivered again');
    const before = await this.#stage.versions();
    const event = this.#stage.world.journal.entries.findLast(
      ({ name, detail }) =>
        name === 'event-published' && JSON.stringify(detail).includes('payloads/harden.sh'),
    );
    // Ten minutes later the queue's own deduplication, which lasts five, has forgotten the first one.
    await this.#stage.world.scheduler.runFor(hour / 6);
    await this.#stage.client(SQSClient).send(
      new SendMessageCommand({
        QueueUrl: this.#stage.outputs['PayloadQueueUrl'],
        MessageBody: JSON.stringify(event?.detail['event']),
        MessageGroupId: 'payloads',
      }),
    );
    const after = await this.#stage.buildsSettle();
    this.#equal('nothing changes', after, before);
  }

  async #getsTheSameBytesAgain(): Promise<void> {
    this.#chapter('The same bytes are uploaded again');
    const before = await this.#stage.versions();
    await this.#stage.upload('payloads/harden-again.sh', examplePayload('harden.sh'));
    this.#equal('no version is made', await this.#stage.buildsSettle(), before);
    this.#matches(
      'people are told that it is unchanged',
      this.#lastMail(),
      /payload unchanged 1\.0\.1/,
    );
  }

  async #refusesSyntaxErrors(): Promise<void> {
    this.#chapter('A payload with a syntax error');
    await this.#stage.upload('payloads/broken-syntax.sh', examplePayload('broken-syntax.sh'));
    const [version] = await this.#stage.buildsSettle();
    this.#equal('version 1.0.2 failed', [version?.version, version?.state], ['1.0.2', 'failed']);
    const log = version?.logTail?.join('\n');
    this.#quote(version);
    this.#matches(
      'the record says what bash -n found',
      log,
      /syntax error: unexpected end of file[^]*PayloadIsValidBash/,
    );
    this.#matches(
      'people are told the reason',
      this.#lastMail(),
      /image failed 1\.0\.2[^]*syntax error/,
    );
  }

  async #goesBackToTheGoodPayload(): Promise<void> {
    this.#chapter('The good payload once more, after the bad one');
    await this.#stage.upload('payloads/harden.sh', examplePayload('harden.sh'));
    const [version] = await this.#stage.buildsSettle();
    this.#equal(
      'it is a new version and available',
      [version?.version, version?.state],
      ['1.0.3', 'available'],
    );
  }

  async #refusesDeadAgents(): Promise<void> {
    this.#chapter('A payload that disables the ECS agent');
    await this.#stage.upload(
      'payloads/disables-ecs-agent.sh',
      examplePayload('disables-ecs-agent.sh'),
    );
    const [version] = await this.#stage.buildsSettle();
    this.#equal('version 1.0.4 failed', [version?.version, version?.state], ['1.0.4', 'failed']);
    this.#quote(version);
    this.#matches(
      'the image test said so',
      version?.logTail?.join('\n'),
      /ContainerAgentIsEnabled/,
    );
  }

  async #refusesWhatIsNoScript(): Promise<void> {
    this.#chapter('What is no bash script');
    const before = await this.#stage.versions();
    const cases: readonly [key: string, body: string | Uint8Array, reason: RegExp][] = [
      ['payloads/empty.sh', '', /payload rejected \(empty\)/],
      [
        'payloads/binary.sh',
        new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0]),
        /payload rejected \(nul-bytes\)/,
      ],
      [
        'payloads/large.sh',
        '#!/bin/bash\n' + '#'.repeat(mebibyte),
        /payload rejected \(too-large\)/,
      ],
    ];
    for (const [key, body, reason] of cases) {
      await this.#stage.upload(key, body);
      await this.#stage.buildsSettle();
      this.#matches(`${key} is refused with its reason`, this.#lastMail(), reason);
    }
    // Nothing happens between these two calls: the event is still on its way.
    await this.#stage.deleteVersion(
      await this.#stage.upload('payloads/deleted.sh', examplePayload('harden.sh')),
    );
    await this.#stage.buildsSettle();
    this.#matches(
      'a version that is deleted at once is refused as gone',
      this.#lastMail(),
      /payload rejected \(gone\)/,
    );
    const mails = this.#stage.emails().length;
    await this.#stage.upload('drafts/outside.sh', examplePayload('harden.sh'));
    await this.#stage.buildsSettle();
    this.#equal(
      "an upload outside of payloads/ is nobody's business",
      this.#stage.emails().length,
      mails,
    );
    this.#equal('none of them became a version', await this.#stage.versions(), before);
  }

  async #followsItsParent(): Promise<VersionRecord> {
    this.#chapter('Amazon releases a new parent image');
    const before = await this.#stage.versions();
    const parents = new Set(before.map(({ parentAmi }) => parentAmi));
    const daysMax = 20;
    for (
      let day = 0;
      day < daysMax && (await this.#stage.versions()).length === before.length;
      day += 1
    )
      await this.#stage.world.scheduler.runFor(24 * hour);
    const [version] = await this.#stage.buildsSettle();
    this.#equal(
      'the good payload is built on it by itself',
      [version?.version, version?.cause, version?.state, version?.basedOn],
      ['1.0.5', 'parent', 'available', 3],
    );
    this.#equal(
      'on a parent that no version had',
      version !== undefined && !parents.has(version.parentAmi),
      true,
    );
    if (!version) throw new Error('there is no version to go on with');
    return version;
  }

  /** What the record of a failed build says: the lines that name an error. */
  #quote(version: VersionRecord | undefined): void {
    for (const line of version?.logTail ?? [])
      if (/error|failed: /i.test(line)) this.#narrator.say(`recorded: ${line}`);
  }

  #lastMail(): string | undefined {
    const mail = this.#stage.emails().at(-1);
    return mail === undefined ? undefined : `${mail.subject}\n${mail.body}`;
  }
}
