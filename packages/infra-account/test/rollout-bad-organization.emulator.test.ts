import { beforeAll, describe, expect, it } from '@jest/globals';
import type { StopCode } from '@golden/shared/model/rollout.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import {
  firstPageOfAccounts,
  giveDelegation,
  resumeLaunches,
  suspendLaunches,
  takeDelegation,
} from '@golden/stage/owner-acts.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomesByAccount, RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const quick = { BakeSeconds: '0', WaveBakeMinutes: '0' };
const payload = (word: string): string => `#!/bin/bash\necho ${word} > /etc/motd\n`;

describe('a rollout that cannot begin', () => {
  let stage: RolloutStage;
  let place: Place;

  beforeAll(async () => {
    stage = await RolloutStage.open({ otherRegions: [], settings: { pageSizeMax: 2 } });
    place = stage.fleet.place('workload-1');
    await stage.deploy(quick);
    await stage.fleet.infra.confirmNotices();
  }, 120_000);

  /** Ships a payload that gets nowhere: a record with the reason, people are told, the line is free, nothing is moved. */
  const halts = async (
    word: string,
    stop: { code: StopCode; sentence: RegExp },
  ): Promise<RolloutView> => {
    const stable = await stage.stable();
    const groups = await stage.fleet.groups(place);
    const view = await stage.ship('harden.sh', payload(word));
    const { record } = view;
    expect(record.state).toBe('halted');
    expect(record.stop?.code).toBe(stop.code);
    expect(record.stop?.sentence).toMatch(stop.sentence);
    const [version] = await stage.fleet.infra.versions();
    expect(version).toMatchObject({ state: 'halted', reason: record.stop?.sentence });
    const mail = stage.fleet.infra
      .emails()
      .find(({ subject }) => subject === `golden golden: rollout halted ${record.version}`);
    expect(mail?.body).toContain(JSON.stringify(record.stop?.sentence));
    expect((await stage.store.lock()).value.holder).toBeUndefined();
    expect(await stage.stable()).toBe(stable);
    expect(await stage.fleet.groups(place)).toEqual(groups);
    expect(await rolloutBreaches(stage, [place])).toEqual([]);
    return view;
  };

  const completes = async (word: string): Promise<RolloutView> => {
    const view = await stage.ship('harden.sh', payload(word));
    expect(view.record.state).toBe('completed');
    expect(outcomesByAccount(view)).toEqual({
      'workload-1': 'refreshed',
      infra: 'not-enrolled no-stack',
      management: 'not-enrolled management-account',
    });
    expect(await stage.stable()).toBe(view.record.version);
    expect(await rolloutBreaches(stage, [place])).toEqual([]);
    return view;
  };

  it('because nobody has a group says of every account why', async () => {
    const view = await halts('no-group', {
      code: 'no-target',
      sentence: /^no target .* \(3 not-enrolled\)/,
    });
    expect(outcomesByAccount(view)).toEqual({
      'workload-1': 'not-enrolled no-group',
      infra: 'not-enrolled no-stack',
      management: 'not-enrolled management-account',
    });
  }, 60_000);

  it('because the organization cannot be listed says so; the same bytes go all the way later', async () => {
    await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await takeDelegation(stage.fleet);
    const view = await halts('not-listed', {
      code: 'accounts-not-listed',
      sentence: /^ListTargets failed with .*AccessDenied/,
    });
    expect(view.targets).toEqual([]);
    await giveDelegation(stage.fleet);
    // The page that comes first is empty and says that more follow: nobody is lost by it.
    expect(await firstPageOfAccounts(stage.fleet)).toEqual({ accounts: 0, hasMore: true });
    await completes('not-listed');
  }, 60_000);

  it('because every group is blocked says what stands in the way', async () => {
    const group = await stage.fleet.groupName(place, 'SingleGroup');
    await suspendLaunches(stage.fleet, place, group);
    const view = await halts('blocked', {
      code: 'no-target',
      sentence: /1 skipped/,
    });
    expect(outcomesByAccount(view)['workload-1']).toMatch(/^skipped .*suspended/);
    await resumeLaunches(stage.fleet, place, group);
  }, 60_000);

  it.each([
    ['0', /"0" in the waves "0" is no share; write cumulative shares such as/],
    ['50%,10%', /the waves "50%,10%" do not grow; write cumulative shares such as/],
    ['1,50%', /the waves "1,50%" do not end with 100%/],
  ])(
    'because its waves are %s says what is wrong with them',
    async (Waves, problem) => {
      await stage.deploy({ ...quick, Waves });
      await halts(`waves ${Waves.replaceAll(/\W/g, '-')}`, {
        code: 'waves-invalid',
        sentence: problem,
      });
    },
    60_000,
  );

  it('is not deployed with waves that are none: the stack keeps those that it has', async () => {
    await stage.deploy(quick);
    await expect(stage.deploy({ ...quick, Waves: 'abc' })).rejects.toThrow(
      /Waves.*1 to 20 shares such as 1,10%,50%,100%/,
    );
    await completes('after-all');
  }, 60_000);
});
