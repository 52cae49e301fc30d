import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { customerVariant, propertiesOf } from './customer-variant.ts';
import { eachDeath, expectQuietEnd, InterruptedFleet, withoutReads } from './interrupted-fleet.ts';
import { minute, timesTold } from './rollback-fixture.ts';

const warmUp = 15 * minute;
/** When the new instance of a group of one has been there for longer than an agent may take, and the old one is still there. */
const replacing = 10 * minute;
/** When the old one is gone. */
const baking = 25 * minute;

/** A group of one that gives a new instance a long time to warm up. */
const slowGroup = customerVariant(['SingleGroup'], (template) => {
  propertiesOf(template, 'SingleGroup')['DefaultInstanceWarmup'] = warmUp / 1_000;
});

/** Begins to move groups, and lets time pass. */
const begin =
  (fleet: InterruptedFleet, move: { version: VersionRecord; rolloutId: string; ms: number }) =>
  async (places: readonly Place[]): Promise<void> => {
    const { version, rolloutId, ms } = move;
    await fleet.ask(places, version, { action: 'refresh', rolloutId });
    await fleet.stage.world.scheduler.runFor(ms);
  };

const takenBack = { saved: '1', running: [expect.stringMatching(/^1 /)] };

describe('the handler that is killed on the way back', () => {
  let fleet: InterruptedFleet;
  let good: VersionRecord;
  let wrong: VersionRecord;

  beforeAll(async () => {
    fleet = await InterruptedFleet.open({ accounts: 21, template: slowGroup });
    good = await fleet.stage.build('harden.sh');
    wrong = await fleet.stage.build('wrong-cluster.sh');
  });

  it('has AWS take the refresh back once, when an agent has not registered', async () => {
    const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
      prepare: begin(fleet, { version: wrong, rolloutId: 'r1', ms: replacing }),
      act: (places) => fleet.settle(places, wrong, 'r1'),
    });
    expect(calls).toContain('ListContainerInstances');
    expect(withoutReads(calls)).toEqual(['CreateOrUpdateTags', 'RollbackInstanceRefresh']);
    expect(quiet).toMatchObject({
      reports: ['SingleGroup rolled-back agent-not-registered'],
      groups: { SingleGroup: takenBack },
      refreshes: { SingleGroup: ['RollbackSuccessful'] },
    });
    expectQuietEnd(interrupted, quiet);
  });

  it('has AWS take it back once, when somebody asks for it', async () => {
    const rollout = { rolloutId: 'r2', reason: 'judge' };
    const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
      prepare: begin(fleet, { version: good, rolloutId: 'r2', ms: replacing }),
      act: async (places) => {
        await fleet.ask(places, good, { action: 'rollback', ...rollout });
        return fleet.settle(places, good, 'r2');
      },
    });
    expect(withoutReads(calls)).toEqual(['CreateOrUpdateTags', 'RollbackInstanceRefresh']);
    expect(quiet).toMatchObject({
      reports: ['SingleGroup rolled-back judge'],
      groups: { SingleGroup: takenBack },
      refreshes: { SingleGroup: ['RollbackSuccessful', 'RollbackSuccessful'] },
    });
    expectQuietEnd(interrupted, quiet);
  });
});

describe('the handler that is killed on the way back from a refresh that AWS does not take back', () => {
  let fleet: InterruptedFleet;
  let good: VersionRecord;

  beforeAll(async () => {
    fleet = await InterruptedFleet.open({
      accounts: 17,
      template: slowGroup,
      settings: { rollbackWhileBaking: 'refused' },
    });
    good = await fleet.stage.build('harden.sh');
  });

  it('cancels it and refreshes back once', async () => {
    const rollout = { rolloutId: 'r1', reason: 'judge' };
    const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
      prepare: begin(fleet, { version: good, rolloutId: 'r1', ms: baking }),
      act: async (places) => {
        await fleet.ask(places, good, { action: 'rollback', ...rollout });
        return fleet.settle(places, good, 'r1');
      },
    });
    expect(withoutReads(calls)).toEqual([
      'CreateOrUpdateTags',
      'RollbackInstanceRefresh',
      'CancelInstanceRefresh',
    ]);
    expect(quiet).toMatchObject({
      reports: ['SingleGroup rolled-back judge'],
      groups: { SingleGroup: takenBack },
      refreshes: { SingleGroup: ['Successful', 'Cancelled'] },
    });
    expectQuietEnd(interrupted, quiet);
  });

  it('refreshes back once after it was cancelled', async () => {
    const rollout = { rolloutId: 'r2', reason: 'judge' };
    const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
      prepare: async (places) => {
        await begin(fleet, { version: good, rolloutId: 'r2', ms: baking })(places);
        await fleet.ask(places, good, { action: 'rollback', ...rollout });
        await fleet.stage.world.scheduler.runFor(5 * minute);
      },
      act: (places) => fleet.settle(places, good, 'r2'),
    });
    expect(withoutReads(calls)).toEqual(['StartInstanceRefresh']);
    expect(quiet).toMatchObject({
      reports: ['SingleGroup rolled-back judge'],
      groups: { SingleGroup: takenBack },
      refreshes: { SingleGroup: ['Successful', 'Cancelled', 'Successful', 'Cancelled'] },
    });
    expectQuietEnd(interrupted, quiet);
  });
});

describe('the handler that is killed after the alarm has told it to go back', () => {
  it.each([
    ['once', 0],
    ['twice', 1],
  ])(
    'is run again by Lambda, refreshes the group back once and tells the infra account: told %s',
    async (_, share) => {
      const fleet = await InterruptedFleet.open({
        accounts: 15,
        shapes: ['SingleGroup'],
        settings: { duplicateShare: share },
      });
      const good = await fleet.stage.build('harden.sh');
      const { calls, quiet, interrupted } = await fleet.interrupt(eachDeath, {
        prepare: async (places) => {
          await fleet.roll(places, good, 'r1');
        },
        act: async (places) => {
          await Promise.all(places.map((place) => raiseAlarm(fleet.stage, place)));
          // Lambda waits for a minute before it runs a failed invocation again.
          await fleet.stage.world.scheduler.runFor(5 * minute);
          return fleet.settle(places, good, 'r1');
        },
      });
      expect(withoutReads(calls)).toEqual([
        'CreateOrUpdateTags',
        'StartInstanceRefresh',
        'PutEvents',
      ]);
      expect(quiet).toMatchObject({
        reports: ['SingleGroup rolled-back late-alarm'],
        groups: { SingleGroup: takenBack },
        refreshes: { SingleGroup: ['Successful', 'Successful'] },
      });
      expectQuietEnd(interrupted, quiet, { told: [] });
      const used = fleet.places.slice(0, interrupted.length + 1);
      expect(used.filter((place) => timesTold(fleet.stage, place, 0) === 0)).toEqual([]);
    },
  );
});
