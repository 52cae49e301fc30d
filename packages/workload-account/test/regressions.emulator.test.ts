import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  paginateDescribeInstanceRefreshes,
} from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand, paginateDescribeLaunchTemplateVersions } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { faults, type Fate } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { FleetStage } from '@golden/stage/fleet-stage.ts';
import { HandMade, handlerWrites } from './hand-made.ts';

/**
 * What the handlers before this one got wrong, one test for each. Lists have two items a page throughout.
 */
const accounts = [
  'hard-coded',
  'latest',
  'unchanged',
  'twice',
  'prefix',
  'order',
  'race',
  'errors',
  'pin',
  'pages',
  'numbers',
  'aliases',
  'workload-1',
];

let stage: FleetStage;
let older: VersionRecord;
let newer: VersionRecord;

beforeAll(async () => {
  stage = await FleetStage.open({
    otherRegions: [],
    settings: { pageSizeMax: 2 },
    units: [{ name: 'workloads', accounts: accounts.map((name) => ({ name })) }],
  });
  // A short bake, because no test here looks at it.
  await stage.deploy({ BakeSeconds: '60' });
  older = await stage.build('harden.sh');
  newer = await stage.build('newer.sh', '#!/bin/bash\necho newer > /etc/motd\n');
});

const openIn = (account: string): Promise<HandMade> => HandMade.open(stage, stage.place(account));
const amiOf = ({ amis }: VersionRecord): string => amis?.[stage.infra.home] ?? '';

const refresh = (
  { place }: HandMade,
  rolloutId: string,
  version = older,
): Promise<readonly ExplainedReport[]> =>
  stage.reports(place, stage.request(place, version, { action: 'refresh', rolloutId }));

/** `<version> <image>` of all versions of a template, oldest first. */
const versionsOf = async ({ ec2 }: HandMade, LaunchTemplateId: string): Promise<string[]> => {
  const found: [number, string][] = [];
  const pages = paginateDescribeLaunchTemplateVersions({ client: ec2 }, { LaunchTemplateId });
  for await (const { LaunchTemplateVersions = [] } of pages)
    for (const { VersionNumber = 0, LaunchTemplateData } of LaunchTemplateVersions)
      found.push([VersionNumber, LaunchTemplateData?.ImageId ?? '']);
  return found.sort(([a], [b]) => a - b).map(([number, ami]) => `${number} ${ami}`);
};

const refreshesOf = async ({ scaling }: HandMade, group: string): Promise<string[]> => {
  const found: string[] = [];
  const pages = paginateDescribeInstanceRefreshes(
    { client: scaling },
    { AutoScalingGroupName: group },
  );
  for await (const { InstanceRefreshes = [] } of pages)
    found.push(...InstanceRefreshes.map(({ Status = '' }) => Status));
  return found;
};

const instanceIds = async (hand: HandMade, group: string): Promise<string[]> =>
  ((await hand.read(group)).Instances ?? []).map(({ InstanceId = '' }) => InstanceId);

/** Does something once, right before the handler of an account makes its first call of an operation. */
const before = (hand: HandMade, operation: string, act: () => Promise<unknown>): void => {
  let isDone = false;
  faults(stage.world).onCall(async (call): Promise<Fate> => {
    if (!isDone && call.account === hand.place.account.id && call.operation === operation) {
      isDone = true;
      await act();
    }
    return 'proceed';
  });
};

describe('the way back', () => {
  it('is the version that the group ran, whatever its number (a version was hard-coded)', async () => {
    const hand = await openIn('hard-coded');
    const first = await hand.amazonImage();
    const template = await hand.template('web');
    for (let version = 2; version <= 7; version += 1)
      await hand.addVersion(template, { InstanceType: 't3.small' });
    await hand.group('web', { template, version: '5' }, { DesiredCapacity: 1 });
    // This one has no third version to fail on.
    await hand.plainGroup('young', { size: 1 });
    await hand.settle('web', 'young');
    const moved = await stage.roll(hand.place, older, 'r1');
    expect(moved.map(({ state }) => state)).toEqual(['refreshed', 'refreshed']);
    expect((await stage.groups(hand.place)).get('web')?.running).toEqual([`8 ${amiOf(older)}`]);

    const rollback = { action: 'rollback', rolloutId: 'r1', reason: 'a person' };
    await stage.reports(hand.place, stage.request(hand.place, older, rollback));
    await stage.roll(hand.place, older, 'r1');
    const groups = await stage.groups(hand.place);
    expect(groups.get('web')).toMatchObject({ saved: '5', running: [`5 ${first}`] });
    expect(groups.get('young')).toMatchObject({ saved: '1', running: [`1 ${first}`] });
  });

  it('is saved as a number, so that nobody launches what is not released ($Latest was saved)', async () => {
    const hand = await openIn('latest');
    const template = await hand.plainGroup('web', { version: '$Latest', size: 1 });
    await hand.settle('web');
    let savedMeanwhile: string | undefined;
    before(hand, 'StartInstanceRefresh', async () => {
      savedMeanwhile = (await hand.read('web')).LaunchTemplate?.Version;
    });
    await stage.roll(hand.place, older, 'r1');
    expect(savedMeanwhile).toBe('1');
    await hand.addVersion(template, { ImageId: amiOf(newer) });
    await hand.scaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 2 }),
    );
    await hand.settle('web');
    expect((await stage.groups(hand.place)).get('web')).toMatchObject({
      saved: '2',
      running: [`2 ${amiOf(older)}`, `2 ${amiOf(older)}`],
    });
  });
});

describe('what is asked again', () => {
  it('changes nothing where nothing has changed (a full refresh was started)', async () => {
    const hand = await openIn('unchanged');
    const template = await hand.plainGroup('web', { size: 2 });
    await hand.settle('web');
    await stage.roll(hand.place, older, 'r1');
    const ran = await instanceIds(hand, 'web');
    const start = stage.world.journal.entries.length;
    for (const rolloutId of ['r1', 'r2', 'r2'])
      expect(await refresh(hand, rolloutId)).toMatchObject([
        { state: rolloutId === 'r1' ? 'refreshed' : 'up-to-date' },
      ]);
    expect(handlerWrites(stage, hand.place, start)).toEqual([]);
    expect(await instanceIds(hand, 'web')).toEqual(ran);
    expect(await refreshesOf(hand, 'web')).toEqual(['Successful']);
    expect((await versionsOf(hand, template)).length).toBe(2);
  });

  it('at the same time makes one version and one refresh (a message that came twice replaced all)', async () => {
    const hand = await openIn('twice');
    const template = await hand.plainGroup('web', { size: 1 });
    await hand.settle('web');
    const both = await Promise.all([refresh(hand, 'r1'), refresh(hand, 'r1')]);
    expect(
      both
        .flat()
        .map(({ state, block }) => block?.reason ?? state)
        .sort(),
    ).toEqual(['moving', expect.stringMatching(/^moving$|^refresh-in-progress$/)]);
    await refresh(hand, 'r1');
    expect(await stage.roll(hand.place, older, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    expect((await versionsOf(hand, template)).length).toBe(2);
    expect(await refreshesOf(hand, 'web')).toEqual(['Successful']);
  });
});

it('takes the named image and no newer one of the same prefix (the newest by prefix was taken)', async () => {
  const hand = await openIn('prefix');
  await hand.plainGroup('web', { size: 1 });
  await hand.settle('web');
  const { Images = [] } = await hand.ec2.send(
    new DescribeImagesCommand({ Owners: [stage.infra.infra.id] }),
  );
  // Both begin alike, and both could be launched here.
  expect(Images.map(({ Name = '' }) => Name.slice(0, 6))).toEqual(['golden', 'golden']);
  await stage.roll(hand.place, older, 'r1');
  expect((await stage.groups(hand.place)).get('web')?.running).toEqual([`2 ${amiOf(older)}`]);
});

describe('a refresh of somebody else', () => {
  it('is seen before anything is changed (template and group were changed first)', async () => {
    const hand = await openIn('order');
    const template = await hand.plainGroup('web', { version: '$Latest', size: 1 });
    await hand.settle('web');
    await hand.scaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: 'web' }));
    const start = stage.world.journal.entries.length;
    expect(await refresh(hand, 'r1')).toMatchObject([{ block: { reason: 'refresh-in-progress' } }]);
    expect(handlerWrites(stage, hand.place, start)).toEqual([]);
    const { LaunchTemplate, Tags } = await hand.read('web');
    expect([LaunchTemplate?.Version, Tags?.map(({ Key }) => Key)]).toEqual([
      '$Latest',
      ['golden:line'],
    ]);
    expect((await versionsOf(hand, template)).length).toBe(1);
  });

  it('that begins in between is no failure, and the group moves when it has ended', async () => {
    const hand = await openIn('race');
    const template = await hand.plainGroup('web', { size: 1 });
    await hand.settle('web');
    const first = await hand.amazonImage();
    before(hand, 'StartInstanceRefresh', () =>
      hand.scaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: 'web' })),
    );
    expect(await refresh(hand, 'r1')).toMatchObject([{ block: { reason: 'refresh-in-progress' } }]);
    expect((await stage.groups(hand.place)).get('web')).toMatchObject({
      saved: '1',
      running: [`1 ${first}`],
    });
    await stage.world.scheduler.runFor(3_600_000);
    expect(await stage.roll(hand.place, older, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    expect((await versionsOf(hand, template)).length).toBe(2);
    expect(
      (await hand.read('web')).Tags?.find(({ Key }) => Key === 'golden:last-good')?.Value,
    ).toBe(`${template}:1:${first}`);
  });
});

describe('an error', () => {
  it('is the outcome of its group, and no other waits for it (it was returned as success)', async () => {
    const hand = await openIn('errors');
    await hand.plainGroup('web-1');
    await hand.plainGroup('web-2');
    let isRefused = false;
    faults(stage.world).onCall(({ operation }): Fate => {
      if (isRefused || operation !== 'CreateLaunchTemplateVersion') return 'proceed';
      isRefused = true;
      return { error: { code: 'UnauthorizedOperation', status: 403 } };
    });
    expect(await refresh(hand, 'r1')).toMatchObject([
      {
        group: 'web-1',
        state: 'failed',
        reason: 'aws-error',
        detail: expect.stringMatching(/^UnauthorizedOperation/),
      },
      { group: 'web-2', state: 'moving' },
    ]);
  });

  it('of the pin leaves the template as it was, because there would be no way back', async () => {
    const hand = await openIn('pin');
    const template = await hand.plainGroup('web-1', { version: '$Latest' });
    await hand.plainGroup('web-2', { version: '$Latest' });
    let isRefused = false;
    faults(stage.world).onCall(({ operation }): Fate => {
      if (isRefused || operation !== 'UpdateAutoScalingGroup') return 'proceed';
      isRefused = true;
      return { error: { code: 'AccessDenied', status: 403 } };
    });
    expect(await refresh(hand, 'r1')).toMatchObject([
      { group: 'web-1', state: 'failed', reason: 'aws-error' },
      { group: 'web-2', state: 'moving' },
    ]);
    expect((await versionsOf(hand, template)).length).toBe(1);
  });

  it('that may pass says nothing about its group, which may be on its way (it was called failed)', async () => {
    const hand = await openIn('errors');
    const asked = stage.request(hand.place, older, { action: 'status', rolloutId: 'r1' });
    faults(stage.world).onCall(({ operation }): Fate =>
      operation === 'DescribeInstanceRefreshes'
        ? { error: { code: 'InternalFailure', status: 500 } }
        : 'proceed',
    );
    const reports = await stage.reports(hand.place, asked);
    const { Payload } = await stage.infra.client(LambdaClient, hand.place).send(
      new InvokeCommand({
        FunctionName: `golden-${stage.infra.line}-handler`,
        Payload: JSON.stringify({ ...asked, schema: 1 }),
      }),
    );
    faults(stage.world).onCall(undefined);
    const unread = [{ reason: 'aws-error' }, { reason: 'aws-error' }];
    expect(reports).toMatchObject(unread.map((one) => ({ ...one, state: 'unknown' })));
    expect(JSON.parse(new TextDecoder().decode(Payload))).toMatchObject({
      schema: 1,
      groups: unread.map((one) => ({ ...one, state: 'failed' })),
    });
  });

  it('that keeps the handler from knowing anything is no answer at all', async () => {
    const hand = await openIn('errors');
    faults(stage.world).onCall(({ operation }): Fate =>
      operation === 'DescribeAutoScalingGroups'
        ? { error: { code: 'AccessDenied', status: 403 } }
        : 'proceed',
    );
    const request = stage.request(hand.place, older, { action: 'refresh', rolloutId: 'r2' });
    const answer = await stage.ask(hand.place, request);
    faults(stage.world).onCall(undefined);
    expect(answer).toMatchObject({
      outcome: 'unreachable',
      reason: 'function-failed',
      detail: expect.stringMatching(/^AccessDenied/),
    });
  });
});

describe('an account with more than fits one page', () => {
  const names = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];
  const types = ['t3.micro', 't3.small', 't3.medium', 't3.large', 't3.xlarge'] as const;

  it('moves all of its groups, each from its own version (the first page and one group were all)', async () => {
    const hand = await openIn('pages');
    const template = await hand.template('shared');
    await hand.addVersion(template, { EbsOptimized: true });
    for (const InstanceType of types) await hand.addVersion(template, { InstanceType });
    // One template for all, in versions that lie on different pages.
    for (const [index, name] of names.entries())
      await hand.group(name, { template, version: String(index + 3) }, { DesiredCapacity: 1 });
    await hand.settle(...names);
    for (const [rolloutId, version] of [
      ['r1', older],
      ['r2', newer],
      ['r3', older],
    ] as const) {
      const reports = await stage.roll(hand.place, version, rolloutId);
      expect(reports.map(({ group, state }) => `${group} ${state}`)).toEqual(
        names.map((name) => `${name} refreshed`),
      );
      for (const { running } of (await stage.groups(hand.place)).values())
        expect(running).toEqual([expect.stringMatching(new RegExp(`^\\d+ ${amiOf(version)}$`))]);
    }
    const launched: unknown[] = [];
    for (const name of names) launched.push((await hand.read(name)).Instances?.[0]?.InstanceType);
    expect(launched).toEqual(types);
    // The oldest of three refreshes is on the second page.
    const status = stage.request(hand.place, older, { action: 'status', rolloutId: 'r1' });
    expect((await stage.reports(hand.place, status)).map(({ state }) => state)).toEqual(
      names.map(() => 'refreshed'),
    );
  });

  it.each([
    ['numbers', '1', '2', ['t3.micro', 't3.large']],
    ['aliases', '$Default', '$Latest', ['t3.micro', 't3.large']],
  ])(
    'gives two groups of one template each its own version, saved as %s, although the first try died in between',
    async (account, first, second, types) => {
      const hand = await openIn(account);
      const template = await hand.template('shared');
      await hand.addVersion(template, { InstanceType: 't3.large' });
      await hand.group('web-1', { template, version: first }, { DesiredCapacity: 1 });
      await hand.group('web-2', { template, version: second }, { DesiredCapacity: 1 });
      await hand.settle('web-1', 'web-2');
      let isKilled = false;
      faults(stage.world).onCall(({ operation }): Fate => {
        if (isKilled || operation !== 'StartInstanceRefresh') return 'proceed';
        isKilled = true;
        return 'kill-after';
      });
      const request = stage.request(hand.place, older, { action: 'refresh', rolloutId: 'r1' });
      expect(await stage.ask(hand.place, request)).toMatchObject({ outcome: 'unreachable' });
      const reports = await stage.roll(hand.place, older, 'r1');
      expect(reports.map(({ state }) => state)).toEqual(['refreshed', 'refreshed']);
      const launched = [await hand.read('web-1'), await hand.read('web-2')].map(
        ({ Instances }) => Instances?.[0]?.InstanceType,
      );
      expect(launched).toEqual(types);
    },
  );
});
