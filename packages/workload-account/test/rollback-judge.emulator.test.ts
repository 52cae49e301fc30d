import { describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { type GroupView } from '@golden/stage/group-view.ts';
import { alarmStates, handlerMoves, minute, ownersView } from './rollback-fixture.ts';

const shapes = ['MixedGroup', 'NumberedGroup'] as const;
const each = <T>(value: T): T[] => shapes.map(() => value);
const reason = 'judge';
const rolloutId = 'r1';

/** A refresh to a good image that somebody wants taken back at some moment. */
interface Rollback {
  readonly begun: readonly ExplainedReport[];
  readonly ended: readonly ExplainedReport[];
  /** Statuses of the refreshes when it was wanted. */
  readonly statuses: readonly (string | undefined)[];
  readonly before: ReadonlyMap<string, GroupView>;
  /** The groups at the moment that it was wanted, and when all was over. */
  readonly meanwhile: ReadonlyMap<string, GroupView>;
  readonly after: ReadonlyMap<string, GroupView>;
  readonly moves: readonly string[];
}

const takeBack = async (
  stage: FleetStage,
  {
    place,
    good,
    when,
  }: { place: Place; good: VersionRecord; when: (r: ExplainedReport) => boolean },
): Promise<Rollback> => {
  await stage.deployCustomer(place, { shapes });
  const before = await stage.groups(place);
  const since = stage.world.journal.entries.length;
  const sinceMs = stage.world.scheduler.now;
  const ask = (action: { action: string; reason?: string }) =>
    stage.reports(place, stage.request(place, good, { rolloutId, ...action }));
  let reports = await ask({ action: 'refresh' });
  for (let polls = 0; !reports.every(when) && polls < 100; polls += 1) {
    await stage.world.scheduler.runFor(minute / 2);
    reports = await ask({ action: 'status' });
  }
  const meanwhile = await stage.groups(place);
  const begun = await ask({ action: 'rollback', reason });
  const ended = await stage.roll(place, good, rolloutId);
  expect(await alarmStates(stage, place, sinceMs)).toEqual([]);
  return {
    begun,
    ended,
    statuses: reports.map(({ refresh }) => refresh?.status),
    before,
    meanwhile,
    after: await stage.groups(place),
    moves: handlerMoves(stage, place, since),
  };
};

const isHalfWay = ({ refresh }: ExplainedReport): boolean => (refresh?.percentageComplete ?? 0) > 0;
const isBaking = ({ refresh }: ExplainedReport): boolean => refresh?.status === 'Baking';

const expectAllBack = ({ begun, ended, before, after }: Rollback): void => {
  expect(begun).toMatchObject(each({ state: 'rolling-back', reason }));
  expect(ended).toMatchObject(each({ state: 'rolled-back', reason }));
  expect(ownersView(after)).toEqual(ownersView(before));
};

const openStage = async (
  rollbackWhileBaking: 'accepted' | 'refused',
): Promise<{ stage: FleetStage; good: VersionRecord }> => {
  const accounts = ['workload-1', 'workload-2'].map((name) => ({ name }));
  const stage = await FleetStage.open({
    otherRegions: [],
    units: [{ name: 'workloads', accounts }],
    settings: { rollbackWhileBaking },
  });
  await stage.deploy();
  return { stage, good: await stage.build('harden.sh') };
};

describe('a rollout that is taken back', () => {
  it('in the middle of its refreshes, and while they bake, is undone by AWS where AWS does so', async () => {
    const { stage, good } = await openStage('accepted');
    const early = await takeBack(stage, {
      place: stage.place('workload-1'),
      good,
      when: isHalfWay,
    });
    expect(early.statuses).toEqual(each('InProgress'));
    // Each has an instance of the new version by then, and one of the old.
    for (const { running } of early.meanwhile.values())
      expect(new Set(running.map((line) => line.split(' ')[0]))).toEqual(new Set(['1', '2']));
    expectAllBack(early);
    expect(early.moves).toEqual([
      ...each('StartInstanceRefresh'),
      ...each('RollbackInstanceRefresh'),
    ]);

    const late = await takeBack(stage, { place: stage.place('workload-2'), good, when: isBaking });
    expect(late.statuses).toEqual(each('Baking'));
    expectAllBack(late);
    expect(late.moves).toEqual(early.moves);
  });

  it('while its refreshes bake is cancelled and refreshed back where AWS does not undo it', async () => {
    const { stage, good } = await openStage('refused');
    const place = stage.place('workload-1');
    const back = await takeBack(stage, { place, good, when: isBaking });
    expect(back.statuses).toEqual(each('Baking'));
    for (const { running } of back.meanwhile.values())
      expect(new Set(running.map((line) => line.split(' ')[0]))).toEqual(new Set(['2']));
    expectAllBack(back);
    expect(back.moves).toEqual([
      ...each('StartInstanceRefresh'),
      ...shapes.flatMap(() => [
        'RollbackInstanceRefresh IrreversibleInstanceRefresh',
        'CancelInstanceRefresh',
      ]),
      ...each('StartInstanceRefresh'),
    ]);
  });
});
