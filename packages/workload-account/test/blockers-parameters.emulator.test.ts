import { beforeAll, describe, expect, it } from '@jest/globals';
import { CreateOrUpdateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { HandMade, handlerWrites, lineTag, override } from './hand-made.ts';

let stage: FleetStage;
let good: VersionRecord;

beforeAll(async () => {
  const accounts = ['a', 'b', 'c', 'workload-1'].map((name) => ({ name }));
  stage = await FleetStage.open({
    otherRegions: [],
    settings: { pageSizeMax: 2 },
    units: [{ name: 'workloads', accounts }],
  });
  await stage.deploy();
  good = await stage.build('harden.sh');
});

const survey = (place: Place): Promise<readonly ExplainedReport[]> =>
  stage.reports(place, stage.request(place, good, { action: 'survey' }));
const refresh = (place: Place): Promise<readonly ExplainedReport[]> =>
  stage.reports(place, stage.request(place, good, { action: 'refresh', rolloutId: 'r1' }));

describe('SampleAutoScalingGroup', () => {
  it('names the one group that is moved, without a tag, and leaves the tagged ones alone', async () => {
    const place = stage.place('a');
    const hand = await HandMade.open(stage, place);
    await hand.plainGroup('tagged');
    await hand.group('named', { template: await hand.template('named') }, { Tags: [] });
    await override(stage, place, { SampleAutoScalingGroup: 'named' });
    expect(await survey(place)).toMatchObject([{ group: 'named', state: 'ready' }]);

    await hand.scaling.send(new CreateOrUpdateTagsCommand({ Tags: [lineTag('named', 'silver')] }));
    const start = stage.world.journal.entries.length;
    const skipped = {
      group: 'named',
      state: 'skipped',
      block: {
        reason: 'enrolled-in-other-line',
        sentence: expect.stringMatching(/^its tag golden:line enrols it in line silver, and a/),
      },
    };
    expect([...(await survey(place)), ...(await refresh(place))]).toMatchObject([skipped, skipped]);
    expect(handlerWrites(stage, place, start)).toEqual([]);

    await hand.scaling.send(new DeleteTagsCommand({ Tags: [lineTag('named', 'silver')] }));
    expect(await refresh(place)).toMatchObject([{ group: 'named', state: 'moving' }]);
    expect(handlerWrites(stage, place, start).filter((write) => write.endsWith('/tagged'))).toEqual(
      [],
    );
  });

  it('that names none is said, and nothing is changed', async () => {
    const place = stage.place('b');
    await (await HandMade.open(stage, place)).plainGroup('tagged');
    await override(stage, place, { SampleAutoScalingGroup: 'nobody' });
    const start = stage.world.journal.entries.length;
    const missing = {
      group: 'nobody',
      state: 'skipped',
      block: {
        reason: 'group-not-found',
        sentence: expect.stringMatching(/correct SampleAutoScalingGroup, or leave it empty/),
      },
    };
    expect([...(await survey(place)), ...(await refresh(place))]).toMatchObject([missing, missing]);
    expect(handlerWrites(stage, place, start)).toEqual([]);
  });
});

describe('SampleLaunchTemplate', () => {
  it('is the only template that gets a version; without it every tagged group is moved', async () => {
    const place = stage.place('c');
    const hand = await HandMade.open(stage, place);
    const wanted = await hand.plainGroup('wanted');
    await hand.plainGroup('other');
    expect(await survey(place)).toMatchObject([{ state: 'ready' }, { state: 'ready' }]);

    await override(stage, place, { SampleLaunchTemplate: wanted });
    const start = stage.world.journal.entries.length;
    const other = {
      group: 'other',
      state: 'skipped',
      block: {
        reason: 'other-template',
        sentence: expect.stringMatching(
          new RegExp(`^it launches from lt-\\w+, not from SampleLaunchTemplate ${wanted};`),
        ),
      },
    };
    expect(await survey(place)).toMatchObject([other, { group: 'wanted', state: 'ready' }]);
    expect(await refresh(place)).toMatchObject([other, { group: 'wanted', state: 'moving' }]);
    expect(
      handlerWrites(stage, place, start).filter((write) => !/\/(wanted|lt-\w+)$/.test(write)),
    ).toEqual([]);

    // A template that is not there is nobody's: no group launches from it.
    await override(stage, place, { SampleLaunchTemplate: 'lt-00000000000000000' });
    const reasons = (await survey(place)).map(({ block }) => block?.reason);
    expect(reasons).toEqual(['other-template', 'other-template']);
  });
});

describe('AllowUnreleasedTemplateChange', () => {
  it('moves the group without the change, and warns of that', async () => {
    const place = stage.place('workload-1');
    const hand = await HandMade.open(stage, place);
    const template = await hand.plainGroup('web', { version: '$Latest', size: 1 });
    await hand.settle('web');
    await hand.addVersion(template, { InstanceType: 't3.large' });
    expect(await survey(place)).toMatchObject([
      { block: { reason: 'unreleased-template-change' } },
    ]);

    await override(stage, place, { AllowUnreleasedTemplateChange: 'true' });
    const warning = {
      reason: 'unreleased-template-change',
      sentence: expect.stringMatching(/ is version 2 and its instances run 1: .*, and stays out/),
    };
    expect(await survey(place)).toMatchObject([{ state: 'ready', warnings: [warning] }]);
    expect(await stage.roll(place, good, 'r1')).toMatchObject([
      { group: 'web', state: 'refreshed' },
    ]);
    const { LaunchTemplateVersions = [] } = await hand.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: template, Versions: ['3'] }),
    );
    expect(LaunchTemplateVersions[0]?.LaunchTemplateData).toMatchObject({
      ImageId: good.amis?.[place.region],
      InstanceType: 't3.micro',
    });
    expect((await stage.groups(place)).get('web')).toMatchObject({
      saved: '3',
      running: [`3 ${good.amis?.[place.region] ?? ''}`],
    });
  });
});
