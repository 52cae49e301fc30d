import { beforeAll, describe, expect, it } from '@jest/globals';
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { HandMade, handlerWrites } from './hand-made.ts';

const second = 1_000;
const hour = 3_600 * second;

/** What the handlers before this one got wrong where groups carry ECS, or where there is more than one Region. */
let stage: FleetStage;
let good: VersionRecord;

beforeAll(async () => {
  stage = await FleetStage.open({
    otherRegions: ['eu-central-1'],
    settings: { pageSizeMax: 2 },
    units: [{ name: 'workloads', accounts: ['a', 'b', 'workload-1'].map((name) => ({ name })) }],
  });
  // A short bake, because no test here looks at it.
  await stage.deploy({ BakeSeconds: '60' });
  good = await stage.build('harden.sh');
});

it('moves groups whose instances are protected from scale-in within the hour (it waited and failed)', async () => {
  const place = stage.place('a');
  await stage.deployCustomer(place, { shapes: ['ProviderGroup'] });
  const hand = await HandMade.open(stage, place);
  const name = await stage.groupName(place, 'ProviderGroup');
  const before = (await hand.read(name)).Instances ?? [];
  expect(before.map(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn)).toEqual([true, true]);
  const start = stage.world.scheduler.now;
  expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
  expect(stage.world.scheduler.now - start).toBeLessThan(hour);
});

it('never leaves a group of one without an instance in service (its only one was terminated first)', async () => {
  const place = stage.place('workload-1');
  const ecs = stage.infra.client(ECSClient, place);
  // Clusters of others, so that the group's own is not on the first page.
  for (const clusterName of ['a', 'b', 'c', 'd', 'e'])
    await ecs.send(new CreateClusterCommand({ clusterName }));
  await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
  const hand = await HandMade.open(stage, place);
  const name = await stage.groupName(place, 'SingleGroup');
  const inService = async (): Promise<readonly string[]> =>
    ((await hand.read(name)).Instances ?? []).flatMap(({ LifecycleState, InstanceId = '' }) =>
      LifecycleState === 'InService' ? [InstanceId] : [],
    );
  const [old] = await inService();
  const refresh = stage.request(place, good, { action: 'refresh', rolloutId: 'r1' });
  // Its cluster is found all the same.
  expect(await stage.reports(place, refresh)).toMatchObject([
    { state: 'moving', registration: 'checked' },
  ]);
  let fewest = 1;
  let most = 1;
  let seconds = 0;
  for (; (await inService()).includes(old ?? '') || most === 1; seconds += 1) {
    if (seconds > 3_600) throw new Error('the group does not move');
    await stage.world.scheduler.runFor(second);
    const { length } = await inService();
    fewest = Math.min(fewest, length);
    most = Math.max(most, length);
  }
  expect([fewest, most]).toEqual([1, 2]);
  expect(await stage.roll(place, good, 'r1')).toMatchObject([
    { state: 'refreshed', registration: 'checked' },
  ]);
});

describe('two Regions of one account with groups in both', () => {
  it('are asked apart: what one is told changes nothing in the other (clients had no Region)', async () => {
    const home = stage.place('b');
    const away = stage.place('b', 'eu-central-1');
    for (const place of [home, away]) {
      const hand = await HandMade.open(stage, place);
      // Alike in everything that has a name.
      await hand.plainGroup('web', { size: 1 });
      await hand.settle('web');
    }
    const move = async (place: Place, other: Place): Promise<void> => {
      const start = stage.world.journal.entries.length;
      const view = JSON.stringify([...(await stage.groups(other))]);
      expect(await stage.roll(place, good, `r-${place.region}`)).toMatchObject([
        { state: 'refreshed' },
      ]);
      expect((await stage.groups(place)).get('web')?.running).toEqual([
        `2 ${good.amis?.[place.region] ?? ''}`,
      ]);
      expect(JSON.stringify([...(await stage.groups(other))])).toBe(view);
      expect(handlerWrites(stage, other, start)).toEqual([]);
    };
    await move(away, home);
    await move(home, away);
    // The image of one Region is none of the other.
    const request = stage.request(home, good, { action: 'survey' });
    expect(await stage.ask(away, request)).toMatchObject({
      response: { outcome: 'refused', block: { reason: 'image-wrong-region' } },
    });
  });
});
