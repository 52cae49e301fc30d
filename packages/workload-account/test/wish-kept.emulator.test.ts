import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  CreateOrUpdateTagsCommand,
} from '@aws-sdk/client-auto-scaling';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { minute, ownersView } from './rollback-fixture.ts';

const shape = 'NumberedGroup';
const rolloutId = 'r1';

let stage: FleetStage;
let good: VersionRecord;

beforeAll(async () => {
  const accounts = ['workload-1', 'workload-2'].map((name) => ({ name }));
  stage = await FleetStage.open({ otherRegions: [], units: [{ name: 'workloads', accounts }] });
  await stage.deploy({ BakeSeconds: '600' });
  good = await stage.build('harden.sh');
});

const ask = (place: Place, action: { action: string; reason?: string }) =>
  stage.reports(place, stage.request(place, good, { rolloutId, ...action }));

describe('a rollback that is asked for', () => {
  it('while somebody is cancelling the refresh goes on when that has ended', async () => {
    const place = stage.place('workload-1');
    await stage.deployCustomer(place, { shapes: [shape] });
    const before = await stage.groups(place);
    await ask(place, { action: 'refresh' });
    // The first new instance is in service by then, and one of the old is on its way out.
    await stage.world.scheduler.runFor(6 * minute);
    await stage.infra.client(AutoScalingClient, place).send(
      new CancelInstanceRefreshCommand({
        AutoScalingGroupName: await stage.groupName(place, shape),
      }),
    );
    const meanwhile = await stage.groups(place);
    expect(await ask(place, { action: 'rollback', reason: 'judge' })).toMatchObject([
      { state: 'rolling-back', refresh: { status: 'Cancelling' } },
    ]);
    expect(ownersView(meanwhile)).not.toEqual(ownersView(before));
    expect(await stage.roll(place, good, rolloutId)).toMatchObject([
      { state: 'rolled-back', reason: 'judge' },
    ]);
    expect(ownersView(await stage.groups(place))).toEqual(ownersView(before));
  });
});

describe('the record of a try that could not start its refresh', () => {
  it('is written anew by the next try, when the group was changed in between', async () => {
    const place = stage.place('workload-2');
    await stage.deployCustomer(place, { shapes: [shape] });
    const name = await stage.groupName(place, shape);
    const before = 'r0 lt-00000000000000009:7:ami-00000000000000007';
    const tags = {
      'golden:rollout': rolloutId,
      'golden:last-good': 'lt-00000000000000009:8:ami-00000000000000008',
      'golden:before': before,
    };
    await stage.infra.client(AutoScalingClient, place).send(
      new CreateOrUpdateTagsCommand({
        Tags: Object.entries(tags).map(([Key, Value]) => ({
          ResourceId: name,
          ResourceType: 'auto-scaling-group',
          Key,
          Value,
          PropagateAtLaunch: false,
        })),
      }),
    );
    const running = (await stage.groups(place)).get(shape)?.running ?? [];
    await ask(place, { action: 'refresh' });
    const after = (await stage.groups(place)).get(shape)?.tags;
    expect(after?.['golden:last-good']).toMatch(
      new RegExp(`^lt-\\w+:${(running[0] ?? '?').replace(' ', ':')}$`),
    );
    expect(after?.['golden:before']).toBe(before);
  });
});
