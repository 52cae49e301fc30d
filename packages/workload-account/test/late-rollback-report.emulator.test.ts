import { beforeAll, describe, expect, it } from '@jest/globals';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { faults, type Fate } from '@golden/emulator';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { raiseAlarm } from '@golden/stage/error-alarm.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';
import { minute, timesTold } from './rollback-fixture.ts';

const otherRegion = 'eu-central-1';
const roundsMax = 25;

/** @param duplicateShare 1: each event comes twice, as EventBridge may do */
const open = async (
  changes: Readonly<Record<string, string>>,
  duplicateShare: number,
): Promise<RolloutStage> => {
  const accounts = ['workload-1', 'workload-2'].map((name) => ({ name }));
  const stage = await RolloutStage.open({
    otherRegions: [otherRegion],
    units: [{ name: 'workloads', accounts }],
    settings: { duplicateShare },
  });
  await stage.deploy({ BakeSeconds: '300', ...changes });
  return stage;
};

const rowOf = async (stage: RolloutStage, version: VersionRecord, place: Place) => {
  const view = await stage.rollout(version);
  const row = view?.targets.find(
    ({ account, region }) => account === place.account.id && region === place.region,
  );
  if (!row) throw new Error('the rollout has no such target');
  return row;
};

const stateOf = async ({ fleet }: RolloutStage, { n }: VersionRecord): Promise<string> =>
  (await fleet.infra.versions()).find((version) => version.n === n)?.state ?? 'unknown';

/** Codes of the notices that people were mailed, with how often. */
const mailed = ({ fleet }: RolloutStage, code: string): number =>
  fleet.infra.emails().filter(({ body }) => body.includes(`"code": "${code}"`)).length;

describe('an alarm after the rollout has ended', () => {
  let stage: RolloutStage;
  let place: Place;
  let first: VersionRecord;
  let second: VersionRecord;

  beforeAll(async () => {
    stage = await open({}, 1);
    await stage.fleet.infra.confirmNotices();
    // Its event names the bus's Region, not this one.
    place = stage.fleet.place('workload-1', otherRegion);
    const home = stage.fleet.place('workload-2');
    for (const one of [place, home])
      await stage.fleet.deployCustomer(one, { shapes: ['SingleGroup'] });
    for (const name of ['harden.sh', 'newer.sh']) {
      const { record } = await stage.ship(name, `#!/bin/bash\necho ${name} > /etc/motd\n`);
      expect(record.state).toBe('completed');
    }
    const [newest, before] = await stage.fleet.infra.versions();
    if (!newest || !before) throw new Error('two versions were built');
    [first, second] = [before, newest];
    expect(await stage.stable()).toBe(second.version);
    await raiseAlarm(stage.fleet, place);
    await stage.fleet.world.scheduler.runFor(30 * minute);
  }, 120_000);

  it('revokes the image, and stable is the one before it', async () => {
    expect(timesTold(stage.fleet, place, 0)).toBeGreaterThan(0);
    expect(await stateOf(stage, second)).toBe('revoked');
    expect(await stateOf(stage, first)).toBe('stable');
    expect(await stage.stable()).toBe(first.version);
  });

  it('is written down for the groups that went back, and for no other target', async () => {
    expect(await rowOf(stage, second, place)).toMatchObject({
      groups: [{ state: 'rolled-back', reason: 'late-alarm' }],
      ended: { outcome: 'rolled-back', reason: 'late-alarm' },
    });
    expect(await rowOf(stage, second, stage.fleet.place('workload-2'))).toMatchObject({
      ended: { outcome: 'refreshed' },
    });
  });

  it('is told to people once, though the event comes more than once', () => {
    const { entries } = stage.fleet.world.journal;
    const published = entries.filter(
      ({ name, by }) => name === 'Publish' && by?.includes('RevokeImage') === true,
    );
    const ran = entries.filter(
      ({ name, detail }) =>
        name === 'function-ran' && String(detail['function']).includes('RevokeImage'),
    );
    // Lambda may run one invocation twice at the same time; then it is the same one that tells, twice.
    const repeated = ran.length - new Set(ran.map(({ detail }) => detail['requestId'])).size;
    expect(ran.length - repeated).toBeGreaterThan(1);
    expect(published.length).toBeLessThanOrEqual(1 + repeated);
    expect(mailed(stage, 'image-revoked')).toBeGreaterThan(0);
  });

  const report = (changes: object = {}) => ({
    'detail-type': 'Golden Image Rolled Back Late',
    account: place.account.id,
    detail: {
      schema: 1,
      line: stage.fleet.infra.line,
      region: place.region,
      rolloutId: stage.rolloutIdOf(first),
      ami: first.amis?.[place.region],
      groups: ['none'],
      ...changes,
    },
  });

  it.each<[string, () => object]>([
    ['of groups that nobody moved', () => report()],
    ['of a rollout of nobody', () => report({ rolloutId: 'golden-1-0-99-1' })],
    ['of another account', () => ({ ...report(), account: stage.fleet.infra.infra.id })],
    ['that is no report', () => ({ detail: 'x' })],
  ])('is not believed %s', async (_, make) => {
    const { FunctionError } = await stage.fleet.infra.client(LambdaClient).send(
      new InvokeCommand({
        FunctionName: stage.fleet.infra.outputs['RevokeImageFunctionName'],
        Payload: JSON.stringify(make()),
      }),
    );
    expect(FunctionError).toBeUndefined();
    expect(await stateOf(stage, first)).toBe('stable');
    expect(await stage.stable()).toBe(first.version);
  });
});

describe('an alarm while a wave bakes', () => {
  it('halts the rollout: no group of a later wave is moved', async () => {
    const stage = await open({ Waves: '1,100%', WaveBakeMinutes: '60' }, 1);
    const places = ['workload-1', 'workload-2'].map((name) => stage.fleet.place(name));
    for (const place of places)
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    const version = await stage.publish('harden.sh');
    await stage.until(
      async () => (await stage.rollout(version))?.record.state === 'baking',
      600 * minute,
    );
    const view = await stage.rollout(version);
    const first = view?.targets.find(({ wave }) => wave === 1);
    const place = places.find(({ account }) => account.id === first?.account);
    if (!place) throw new Error('nobody is in the first wave');
    const started = stage.fleet.world.scheduler.now;
    await raiseAlarm(stage.fleet, place);
    await stage.fleet.world.scheduler.runFor(10 * minute);
    expect(await stateOf(stage, version)).toBe('revoked');
    const { record, targets } = await stage.ended(version);
    expect(stage.fleet.world.scheduler.now - started).toBeGreaterThan(10 * minute);
    expect(record).toMatchObject({ state: 'halted' });
    const outcomes = targets.flatMap(({ wave, ended }) =>
      wave === undefined ? [] : [[wave, ended?.outcome, ended?.reason]],
    );
    expect(outcomes.sort()).toEqual([
      [1, 'rolled-back', 'late-alarm'],
      [2, 'skipped', 'halted'],
    ]);
    expect(await stateOf(stage, version)).toBe('revoked');
    expect(await stage.stable()).toBeUndefined();
  }, 120_000);
});

describe('revoke-image that is killed', () => {
  it('after any of its calls comes to the same end when Lambda runs it again', async () => {
    const stage = await open({}, 0);
    const { infra, world } = stage.fleet;
    await infra.confirmNotices();
    const place = stage.fleet.place('workload-1');
    await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.ship('first.sh', '#!/bin/bash\necho first > /etc/motd\n');
    const [first] = await infra.versions();
    const killed: string[] = [];
    // Each image is revoked by a delivery that dies one call later, until there is no call left to die after.
    for (let rounds = 1; rounds <= roundsMax && killed.length === rounds - 1; rounds += 1) {
      await stage.ship(`image-${rounds}.sh`, `#!/bin/bash\necho ${rounds} > /etc/motd\n`);
      const [version] = await infra.versions();
      if (!version) throw new Error('a version was built');
      faults(world).onCall(({ functionName, callNumber, operation }): Fate => {
        const isNext = callNumber === rounds && killed.length < rounds;
        if (functionName !== infra.outputs['RevokeImageFunctionName'] || !isNext) return 'proceed';
        killed.push(operation);
        return 'kill-after';
      });
      await raiseAlarm(stage.fleet, place);
      await world.scheduler.runFor(30 * minute);
      faults(world).onCall(undefined);
      expect({
        killed,
        state: await stateOf(stage, version),
        stable: await stage.stable(),
        row: (await rowOf(stage, version, place)).ended?.outcome,
        isTold: mailed(stage, 'image-revoked') >= rounds,
      }).toEqual({
        killed,
        state: 'revoked',
        stable: first?.version,
        row: 'rolled-back',
        isTold: true,
      });
    }
    expect(killed.length).toBeLessThan(roundsMax);
    expect(killed).toEqual(
      expect.arrayContaining(['PutItem', 'UpdateItem', 'PutParameter', 'Publish']),
    );
  }, 300_000);
});
