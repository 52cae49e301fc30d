import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { faults, type Fate } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomeText, RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const names = ['workload-1', 'workload-2'];

/** Somebody stops the execution of the only rollout that runs. */
async function stopExecution(stage: RolloutStage): Promise<void> {
  const running = (await stage.executions()).filter(({ status }) => status === 'RUNNING');
  expect(running).toHaveLength(1);
  await stage.fleet.infra
    .client(SFNClient)
    .send(new StopExecutionCommand({ executionArn: running[0]?.executionArn }));
}

const outcomes = ({ targets }: RolloutView): Record<string, string> =>
  Object.fromEntries(
    targets
      .filter(({ accountName }) => names.includes(accountName))
      .map((target) => [target.accountName, outcomeText(target)]),
  );

describe('a rollout whose execution was stopped', () => {
  let stage: RolloutStage;
  let places: readonly Place[];

  beforeAll(async () => {
    stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
    });
    places = names.map((name) => stage.fleet.place(name));
    await stage.deploy({ BakeSeconds: '0', WaveBakeMinutes: '0', Waves: '1,100%' });
    for (const place of places)
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
  }, 120_000);

  const subjects = (): string[] => stage.fleet.infra.emails().map(({ subject }) => subject);

  const stateOf = async ({ n }: VersionRecord): Promise<string | undefined> =>
    (await stage.fleet.infra.store.version(n))?.state;

  /** What is asked of every image that takes over from a dead one. */
  const takesOver = async (dead: VersionRecord, next: VersionRecord): Promise<RolloutView> => {
    const view = await stage.ended(next);
    expect(view.record.state).toBe('completed');
    expect(outcomes(view)).toEqual({ 'workload-1': 'refreshed', 'workload-2': 'refreshed' });
    expect(await stage.stable()).toBe(next.version);
    expect(await stateOf(dead)).toBe('halted');
    const aborted = await stage.rollout(dead);
    expect(aborted?.record.state).toBe('aborted');
    expect(subjects()).toContain(`golden golden: rollout aborted ${dead.version}`);
    expect((await stage.store.lock()).value.holder).toBeUndefined();
    expect(await rolloutBreaches(stage, places)).toEqual([]);
    if (!aborted) throw new Error('there is no such rollout');
    return aborted;
  };

  it('in the middle of a wave is settled by the next image, which takes the line', async () => {
    const dead = await stage.publish('harden.sh');
    await stage.until(
      async () =>
        (await stage.rollout(dead))?.targets.some(({ groups }) =>
          groups.some(({ state }) => state === 'moving'),
        ) === true,
      hour,
    );
    await stopExecution(stage);
    const next = await stage.publish('harden.sh', '#!/bin/bash\necho 2 > /etc/motd\n');
    const { record, targets } = await takesOver(dead, next);
    expect(record.stop?.code).toBe('execution-died');
    const [moving, untouched] = targets.filter(({ accountName }) => names.includes(accountName));
    expect(moving?.ended).toMatchObject({ outcome: 'failed', reason: 'no-outcome' });
    expect(untouched?.ended).toMatchObject({ outcome: 'skipped', reason: 'halted' });
  }, 60_000);

  it('between its record and the line is settled by the next image too', async () => {
    let isRecorded = false;
    let isStopped = false;
    faults(stage.fleet.world).onCall(async ({ functionName, operation }): Promise<Fate> => {
      if (isStopped || !functionName.includes('AcquireLine')) return 'proceed';
      if (operation !== 'PutItem') return 'proceed';
      if (isRecorded) {
        isStopped = true;
        await stopExecution(stage);
        return 'kill-before';
      }
      isRecorded = true;
      return 'proceed';
    });
    const dead = await stage.publish('harden.sh', '#!/bin/bash\necho 3 > /etc/motd\n');
    await stage.until(() => Promise.resolve(isStopped), hour);
    faults(stage.fleet.world).onCall(undefined);
    expect((await stage.rollout(dead))?.record.state).toBe('planned');
    expect((await stage.store.lock()).value.holder).toBeUndefined();
    const next = await stage.publish('harden.sh', '#!/bin/bash\necho 4 > /etc/motd\n');
    const { record, targets } = await takesOver(dead, next);
    expect(record.stop?.code).toBe('execution-died');
    expect(targets).toEqual([]);
  }, 60_000);
});
