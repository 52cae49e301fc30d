import { beforeAll, describe, expect, it } from '@jest/globals';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { type GroupView } from '@golden/stage/group-view.ts';
import { addVersion, calm, minute, ownersView, recorded } from './rollback-fixture.ts';

/** A group that is saved on `$Latest`, whose template somebody else gives new versions. */
const shape = 'LatestGroup';

let stage: FleetStage;
let good: VersionRecord;
let bad: VersionRecord;

beforeAll(async () => {
  const accounts = ['workload-1', 'workload-2', 'workload-3'].map((name) => ({ name }));
  stage = await FleetStage.open({ otherRegions: [], units: [{ name: 'workloads', accounts }] });
  await stage.deploy({ BakeSeconds: '600' });
  good = await stage.build('harden.sh');
  bad = await stage.build('drops-awslogs-driver.sh');
});

const deployAt = async (account: string): Promise<Place> => {
  const place = stage.place(account);
  await stage.deployCustomer(place, { shapes: [shape] });
  return place;
};

const view = async (place: Place): Promise<GroupView> => {
  const found = (await stage.groups(place)).get(shape);
  if (!found) throw new Error(`no group ${shape}`);
  return found;
};

const templateId = async (place: Place): Promise<string> => {
  const { AutoScalingGroups: [group] = [] } = await stage.infra
    .client(AutoScalingClient, place)
    .send(
      new DescribeAutoScalingGroupsCommand({
        AutoScalingGroupNames: [await stage.groupName(place, shape)],
      }),
    );
  return group?.LaunchTemplate?.LaunchTemplateId ?? '';
};

/** `<number> <instance type> <who made it>` of all versions, oldest first. */
const versions = async (place: Place): Promise<string[]> => {
  const { LaunchTemplateVersions = [] } = await stage.infra
    .client(EC2Client, place)
    .send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: await templateId(place) }));
  return LaunchTemplateVersions.map(
    ({ VersionNumber = 0, LaunchTemplateData, VersionDescription = 'stack' }) => {
      const madeBy = readMarker(VersionDescription)?.rolloutId ?? VersionDescription;
      return `${VersionNumber} ${LaunchTemplateData?.InstanceType ?? ''} ${madeBy}`;
    },
  ).sort();
};

/** Rolls the bad image out while somebody releases another version. */
const rollWhileReleasing = async (place: Place, rolloutId: string): Promise<unknown> => {
  await stage.reports(place, stage.request(place, bad, { action: 'refresh', rolloutId }));
  await stage.world.scheduler.runFor(3 * minute);
  await addVersion(stage, place, await templateId(place));
  return stage.roll(place, bad, rolloutId);
};

describe('a group on $Latest whose template gets a version by hand', () => {
  it('between a good image and a bad one goes back to the good one', async () => {
    const place = await deployAt('workload-1');
    expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
    await addVersion(stage, place, await templateId(place));
    const before = await stage.groups(place);
    expect(await stage.roll(place, bad, 'r2')).toMatchObject([
      { state: 'rolled-back', reason: 'alarm' },
    ]);
    expect(ownersView(await stage.groups(place))).toEqual(ownersView(before));
    // The version of the bad image was made from what the group ran, not from what was released meanwhile.
    expect(await versions(place)).toEqual([
      '1 t3.medium stack',
      '2 t3.medium r1',
      '3 t3.large by hand',
      '4 t3.medium r2',
    ]);

    await calm(stage);
    expect(await rollWhileReleasing(place, 'r3')).toMatchObject([
      { state: 'rolled-back', reason: 'alarm' },
    ]);
    const after = await stage.groups(place);
    expect(ownersView(after)).toEqual(ownersView(before));
    expect(recorded(after.get(shape)?.tags['golden:last-good'])).toEqual([
      `2 ${good.amis?.[place.region] ?? ''}`,
    ]);
    expect((await versions(place)).slice(4)).toEqual(['5 t3.medium r3', '6 t3.large by hand']);
  });

  it('while its very first image is on the way goes back to the number that it ran', async () => {
    const place = await deployAt('workload-2');
    const before = await view(place);
    expect(before.saved).toBe('$Latest');
    expect(await rollWhileReleasing(place, 'r1')).toMatchObject([
      { state: 'rolled-back', reason: 'alarm' },
    ]);
    const after = await view(place);
    expect({ saved: after.saved, running: after.running }).toEqual({
      saved: '1',
      running: before.running,
    });
    expect((await versions(place)).at(-1)).toBe('3 t3.large by hand');
  });

  it('between the survey and its very first image is left alone, and says why', async () => {
    const place = await deployAt('workload-3');
    expect(
      await stage.reports(place, stage.request(place, bad, { action: 'survey' })),
    ).toMatchObject([{ state: 'ready' }]);
    await addVersion(stage, place, await templateId(place));
    const before = await stage.groups(place);
    expect(await stage.roll(place, bad, 'r1')).toMatchObject([
      { state: 'skipped', block: { reason: 'unreleased-template-change' } },
    ]);
    expect(await stage.groups(place)).toEqual(before);
  });
});
