import { beforeAll, describe, expect, it } from '@jest/globals';
import { faults, type Fate } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import {
  eachCall,
  expectQuietEnd,
  InterruptedFleet,
  withoutReads,
  type Outcome,
} from './interrupted-fleet.ts';

const throttled: Fate = { error: { code: 'Throttling', status: 400 } };
const lost: Fate = { lose: 'answer' };

describe('a refresh of a group on $Latest', () => {
  let fleet: InterruptedFleet;
  let good: VersionRecord;

  beforeAll(async () => {
    fleet = await InterruptedFleet.open({ accounts: 25, shapes: ['LatestGroup'] });
    good = await fleet.stage.build('harden.sh');
  });

  it('comes to the same end whichever of its calls is throttled once or has its answer lost', async () => {
    const { calls, quiet, interrupted } = await fleet.interrupt(
      (quietCalls) => [...eachCall(quietCalls, throttled), ...eachCall(quietCalls, lost)],
      { act: (places) => fleet.roll(places, good, 'r1') },
    );
    expect(withoutReads(calls).at(-1)).toBe('StartInstanceRefresh');
    expect(quiet).toMatchObject({
      reports: ['LatestGroup refreshed'],
      refreshes: { LatestGroup: ['Successful'] },
    });
    expectQuietEnd(interrupted, quiet, { told: [] });
  });
});

describe('a target that is asked again', () => {
  const deaths: readonly (readonly [operation: string, fate: Fate, told: string])[] = [
    ['AssumeRole', 'kill-before', 'reach-account failed'],
    ['AssumeRole', 'kill-after', 'reach-account failed'],
    ['Invoke', 'kill-before', 'reach-account failed'],
    ['Invoke', 'kill-after', 'reach-account failed'],
    ['Invoke', throttled, 'throttled'],
    ['Invoke', { lose: 'request' }, 'timed-out'],
    ['Invoke', lost, 'timed-out'],
  ];
  let fleet: InterruptedFleet;
  let good: VersionRecord;
  let quiet: Outcome;
  let others: readonly Place[];

  beforeAll(async () => {
    fleet = await InterruptedFleet.open({
      accounts: deaths.length + 5,
      shapes: ['LatestGroup'],
    });
    good = await fleet.stage.build('harden.sh');
    const [first, ...rest] = fleet.places;
    if (!first) throw new TypeError('a fleet has a place');
    quiet = await fleet.outcome(first, await fleet.roll([first], good, 'r1'));
    others = rest;
  });

  it('because reach-account died or was not heard makes one refresh', async () => {
    const reachAccount = fleet.stage.infra.outputs['ReachAccountFunctionName'];
    const asked = others.slice(0, deaths.length);
    const strikes: string[] = [];
    for (const [index, place] of asked.entries()) {
      const [operation, fate] = deaths[index] ?? [];
      let struck = 0;
      faults(fleet.stage.world).onCall((call) => {
        if (struck > 0 || call.functionName !== reachAccount || call.operation !== operation)
          return 'proceed';
        struck += 1;
        return fate ?? 'proceed';
      });
      await fleet.ask([place], good, { action: 'refresh', rolloutId: 'r1' });
      strikes.push(`${operation ?? ''} ${struck}`);
    }
    faults(fleet.stage.world).onCall(undefined);
    expect(strikes).toEqual(deaths.map(([operation]) => `${operation} 1`));
    expect(asked.map((place) => fleet.told(place))).toEqual(deaths.map(([, , told]) => [told]));
    const reports = await fleet.settle(asked, good, 'r1');
    for (const place of asked) expect(await fleet.outcome(place, reports)).toEqual(quiet);
  });

  it('while the first invocation is still at work makes one refresh, which both answers name', async () => {
    const asked = others.slice(deaths.length);
    const request = { action: 'refresh', rolloutId: 'r1' };
    const answers = await Promise.all(
      asked.map(async (place) =>
        Promise.all([fleet.ask([place], good, request), fleet.ask([place], good, request)]),
      ),
    );
    for (const pair of answers) {
      const [one, other] = pair.map((reports) => [...reports.values()].flat());
      expect(one).toMatchObject([{ state: 'moving', refresh: { id: expect.any(String) } }]);
      expect(other).toMatchObject([{ state: 'moving', refresh: { id: one?.[0]?.refresh?.id } }]);
    }
    const reports = await fleet.settle(asked, good, 'r1');
    for (const place of asked) expect(await fleet.outcome(place, reports)).toEqual(quiet);
  });
});
