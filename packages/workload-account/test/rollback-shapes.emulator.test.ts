import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { groupShapes } from '@golden/stage/customer-template.ts';
import { examplePayload, FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { type GroupView } from '@golden/stage/group-view.ts';
import { calm, ownersView, recorded, tagOf } from './rollback-fixture.ts';

type Groups = ReadonlyMap<string, GroupView>;

let stage: FleetStage;
let good: VersionRecord;
let bad: VersionRecord;
let worse: VersionRecord;

beforeAll(async () => {
  const accounts = ['workload-1', 'workload-2'].map((name) => ({ name }));
  stage = await FleetStage.open({ otherRegions: [], units: [{ name: 'workloads', accounts }] });
  // Long enough for the alarm that comes with the last instance, and no longer: a bake is waiting.
  await stage.deploy({ BakeSeconds: '600' });
  good = await stage.build('harden.sh');
  bad = await stage.build('drops-awslogs-driver.sh');
  worse = await stage.build('again.sh', `${examplePayload('drops-awslogs-driver.sh')}# again\n`);
});

const standings = (reports: readonly ExplainedReport[]): unknown[] =>
  reports.map(({ state, reason }) => [state, reason]);
const all = (state: string, reason?: string): unknown[] => groupShapes.map(() => [state, reason]);
const amiOf = ({ amis }: VersionRecord, { region }: Place): string => amis?.[region] ?? '';

/** Every instance of a group, with the version that an override of its policy may have. */
const runs = ({ running, overrides }: GroupView, ami: string): string[] => [
  ...new Set([...running, ...overrides.map((version) => `${version} ${ami}`)]),
];

describe('groups of five shapes, after a good image', () => {
  const id = { good: 'r1', bad: 'r2', worse: 'r3' };
  let place: Place;
  let amazons: Groups;
  let before: Groups;

  beforeAll(async () => {
    place = stage.place('workload-1');
    await stage.deployCustomer(place);
    amazons = await stage.groups(place);
    expect(standings(await stage.roll(place, good, id.good))).toEqual(all('refreshed'));
    before = await stage.groups(place);
  });

  /** What holds after any bad image was undone. */
  const expectAsBefore = (after: Groups): void => {
    expect(ownersView(after)).toEqual(ownersView(before));
    const ami = amiOf(good, place);
    for (const [name, group] of after) {
      const lastGood = recorded(group.tags['golden:last-good']);
      expect({ name, lastGood: [...new Set(lastGood)] }).toEqual({
        name,
        lastGood: runs(group, ami),
      });
      expect(lastGood).toHaveLength(name === 'MixedGroup' ? 2 : 1);
      expect(group.tags['golden:before']).toBe(
        `${id.good} ${before.get(name)?.tags['golden:last-good'] ?? '?'}`,
      );
    }
  };

  it('run it on every instance, with the way back to what they ran', () => {
    for (const [name, group] of before) {
      expect({ name, runs: runs(group, amiOf(good, place)) }).toEqual({
        name,
        runs: [`2 ${amiOf(good, place)}`],
      });
      expect(new Set(recorded(group.tags['golden:last-good']))).toEqual(
        new Set(amazons.get(name)?.running),
      );
    }
    expect([...before.keys()].sort()).toEqual([...groupShapes].sort());
  });

  it('are after a bad one what they were before it', async () => {
    expect(standings(await stage.roll(place, bad, id.bad))).toEqual(all('rolled-back', 'alarm'));
    expectAsBefore(await stage.groups(place));
  });

  it('are so after the second bad one in a row', async () => {
    await calm(stage);
    expect(standings(await stage.roll(place, worse, id.worse))).toEqual(
      all('rolled-back', 'alarm'),
    );
    const after = await stage.groups(place);
    expectAsBefore(after);
    expect(new Set(Object.values(tagOf(after, 'golden:rollout')))).toEqual(new Set([id.worse]));
  });

  it('go back from the good one, when it is taken back then, to what they ran before it', async () => {
    await stage.reports(
      place,
      stage.request(place, good, { action: 'rollback', rolloutId: id.good, reason: 'judge' }),
    );
    expect(standings(await stage.roll(place, good, id.good))).toEqual(all('rolled-back', 'judge'));
    const after = await stage.groups(place);
    for (const [name, { saved, overrides, running }] of after) {
      const first = amazons.get(name);
      expect({ name, running, overrides }).toEqual({
        name,
        running: first?.running,
        overrides: first?.overrides,
      });
      expect(saved).toBe('1');
    }
  });
});

describe('groups of five shapes that get a bad image first', () => {
  let place: Place;
  let before: Groups;
  let after: Groups;

  beforeAll(async () => {
    place = stage.place('workload-2');
    await stage.deployCustomer(place);
    before = await stage.groups(place);
    expect(standings(await stage.roll(place, bad, 'r1'))).toEqual(all('rolled-back', 'alarm'));
    after = await stage.groups(place);
  });

  it('are back on the image of Amazon, those on $Latest on the number that they ran', () => {
    const latest = before.get('LatestGroup');
    expect(latest?.saved).toBe('$Latest');
    expect(ownersView(after)).toEqual({
      ...ownersView(before),
      LatestGroup: { ...ownersView(before)['LatestGroup'], saved: '1' },
    });
  });

  it('have no record but of what they run', () => {
    for (const [name, { tags, running }] of after) {
      expect({ name, lastGood: [...new Set(recorded(tags['golden:last-good']))] }).toEqual({
        name,
        lastGood: [...new Set(running)],
      });
      expect(tags).not.toHaveProperty('golden:before');
    }
  });
});
