import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { blockedGroups } from './blocked-groups.ts';
import { HandMade, handlerWrites } from './hand-made.ts';

const byGroup = (reports: readonly ExplainedReport[]): ReadonlyMap<string, ExplainedReport> =>
  new Map(reports.map((report) => [report.group, report]));

describe('a target with a group for each reason and one that can be moved', () => {
  let stage: FleetStage;
  let place: Place;
  let good: VersionRecord;
  let surveyed: ReadonlyMap<string, ExplainedReport>;
  let refreshed: ReadonlyMap<string, ExplainedReport>;
  let surveyWrites: readonly string[];
  let refreshWrites: readonly string[];

  beforeAll(async () => {
    stage = await FleetStage.open({ otherRegions: [], settings: { pageSizeMax: 2 } });
    await stage.deploy();
    place = stage.place('workload-1');
    good = await stage.build('harden.sh');
    const hand = await HandMade.open(stage, place);
    await hand.plainGroup('free');
    for (const { make } of blockedGroups) await make(hand, good.amis?.[place.region] ?? '');
    for (const { then } of blockedGroups) await then?.(hand);
    const { entries } = stage.world.journal;
    const start = entries.length;
    const survey = stage.request(place, good, { action: 'survey' });
    surveyed = byGroup(await stage.reports(place, survey));
    surveyWrites = handlerWrites(stage, place, start);
    const middle = entries.length;
    const refresh = stage.request(place, good, { action: 'refresh', rolloutId: 'r1' });
    refreshed = byGroup(await stage.reports(place, refresh));
    refreshWrites = handlerWrites(stage, place, middle);
  });

  it.each(blockedGroups)('says of $group: $reason', ({ group, reason, sentence }) => {
    for (const report of [surveyed.get(group), refreshed.get(group)]) {
      expect(report).toMatchObject({ state: 'skipped', block: { reason } });
      expect(report?.block?.sentence).toMatch(sentence);
    }
  });

  it('changes nothing by a survey', () => {
    expect(surveyed.get('free')).toMatchObject({ state: 'ready' });
    expect(surveyWrites).toEqual([]);
  });

  it('moves the one that can be moved, warns that nobody checks registration, and touches no other', () => {
    expect(refreshed.get('free')).toMatchObject({
      state: 'moving',
      registration: 'not-checked',
      warnings: [
        {
          reason: 'registration-not-checked',
          sentence: expect.stringMatching(/^no ECS cluster is known for it/),
        },
      ],
    });
    expect(surveyed.size).toBe(blockedGroups.length + 1);
    expect(refreshWrites.map((write) => write.replace(/ .*\//, ' '))).toEqual([
      expect.stringMatching(/^CreateLaunchTemplateVersion lt-/),
      'CreateOrUpdateTags free',
      'StartInstanceRefresh free',
    ]);
  });

  it('says of a group that this rollout has not moved that it has not', async () => {
    const start = stage.world.journal.entries.length;
    const status = stage.request(place, good, { action: 'status', rolloutId: 'r1' });
    const rollback = { action: 'rollback', rolloutId: 'r1', reason: 'a person' };
    const undo = stage.request(place, good, { ...rollback, rolloutId: 'r2' });
    const reports = byGroup(await stage.reports(place, status));
    expect(reports.get('arm')).toMatchObject({
      state: 'skipped',
      block: { reason: 'not-moved', sentence: expect.stringMatching(/a survey says why$/) },
    });
    expect((await stage.reports(place, undo)).map(({ state }) => state)).not.toContain(
      'rolling-back',
    );
    expect(handlerWrites(stage, place, start)).toEqual([]);
  });
});
