import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import {
  eachDeath,
  eachLeftState,
  expectQuietEnd,
  InterruptedFleet,
  withoutReads,
} from './interrupted-fleet.ts';
import { calm } from './rollback-fixture.ts';

describe('the handler that is killed while it moves a group on $Latest', () => {
  let fleet: InterruptedFleet;
  let good: VersionRecord;
  let bad: VersionRecord;

  beforeAll(async () => {
    fleet = await InterruptedFleet.open({ accounts: 25, shapes: ['LatestGroup'] });
    good = await fleet.stage.build('harden.sh');
    bad = await fleet.stage.build('drops-awslogs-driver.sh');
  });

  it('makes one version and one refresh of it, before and after whichever call it dies', async () => {
    const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
      act: (places) => fleet.roll(places, good, 'r1'),
    });
    expect(withoutReads(calls)).toEqual([
      'UpdateAutoScalingGroup',
      'CreateLaunchTemplateVersion',
      'CreateOrUpdateTags',
      'StartInstanceRefresh',
    ]);
    const ami = good.amis?.[fleet.stage.infra.home] ?? '';
    expect(quiet).toMatchObject({
      reports: ['LatestGroup refreshed'],
      groups: { LatestGroup: { saved: '2', running: [`2 ${ami}`, `2 ${ami}`] } },
      versions: [[expect.stringMatching(/^1 ami-\w+ $/), `2 ${ami} golden:${ami}:r1:1`]],
      refreshes: { LatestGroup: ['Successful'] },
    });
    expectQuietEnd(interrupted, quiet);
  });

  it('leaves the group to the rollback of AWS when the image is bad', async () => {
    const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
      act: async (places) => {
        const reports = await fleet.roll(places, bad, 'r2');
        await calm(fleet.stage);
        return reports;
      },
    });
    expect(withoutReads(calls)).toEqual([
      'CreateLaunchTemplateVersion',
      'CreateOrUpdateTags',
      'StartInstanceRefresh',
    ]);
    expect(quiet).toMatchObject({
      reports: ['LatestGroup rolled-back alarm'],
      groups: { LatestGroup: { saved: '2' } },
      refreshes: { LatestGroup: ['RollbackSuccessful', 'Successful'] },
    });
    expect(quiet.versions[0]).toHaveLength(3);
    expectQuietEnd(interrupted, quiet);
  });
});

describe('the handler that is killed while it moves two groups', () => {
  it('moves both once, with every template of theirs, after whichever change it dies', async () => {
    const fleet = await InterruptedFleet.open({
      accounts: 9,
      shapes: ['LatestGroup', 'MixedGroup'],
    });
    const good = await fleet.stage.build('harden.sh');
    const { quiet, interrupted } = await fleet.interrupt(eachLeftState, {
      act: (places) => fleet.roll(places, good, 'r1'),
    });
    expect(quiet).toMatchObject({
      reports: ['LatestGroup refreshed', 'MixedGroup refreshed'],
      groups: {
        LatestGroup: { saved: '2' },
        MixedGroup: { saved: '2', overrides: ['2'] },
      },
      refreshes: { LatestGroup: ['Successful'], MixedGroup: ['Successful'] },
    });
    expect(quiet.versions.map((versions) => versions.length)).toEqual([2, 2, 2]);
    expectQuietEnd(interrupted, quiet);
  });
});
