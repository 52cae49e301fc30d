import { beforeAll, describe, expect, it } from '@jest/globals';
import { AutoScalingClient, CreateOrUpdateTagsCommand } from '@aws-sdk/client-auto-scaling';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { ExplainedReport } from '@golden/shared/payload/target-answer.ts';
import { FleetStage, type Place } from '@golden/stage/fleet-stage.ts';
import { CustomerCluster } from './customer-cluster.ts';
import { customerVariant, propertiesOf, updateCustomer } from './customer-variant.ts';
import {
  alarmStates,
  entriesOf,
  handlerMoves,
  minute,
  ownersView,
  publishedEvents,
} from './rollback-fixture.ts';

let stage: FleetStage;
let good: VersionRecord;
let wrong: VersionRecord;

beforeAll(async () => {
  const accounts = [1, 2, 3, 4, 5].map((number) => ({ name: `workload-${number}` }));
  stage = await FleetStage.open({ otherRegions: [], units: [{ name: 'workloads', accounts }] });
  await stage.deploy({ BakeSeconds: '600' });
  good = await stage.build('harden.sh');
  wrong = await stage.build('wrong-cluster.sh');
});

describe('an image whose agent goes to another cluster', () => {
  it('is taken back before any old instance is gone and without any error of ECS', async () => {
    const place = stage.place('workload-1');
    const shapes = ['NumberedGroup', 'SingleGroup', 'ProviderGroup'] as const;
    await stage.deployCustomer(place, { shapes });
    const before = await stage.groups(place);
    const since = stage.world.journal.entries.length;
    const sinceMs = stage.world.scheduler.now;
    const reports = await stage.roll(place, wrong, 'r1');
    expect(reports).toMatchObject(
      shapes.map(() => ({ state: 'rolled-back', reason: 'agent-not-registered' })),
    );
    expect(await alarmStates(stage, place, sinceMs)).toEqual([]);
    expect(handlerMoves(stage, place, since)).toEqual([
      ...shapes.map(() => 'StartInstanceRefresh'),
      ...shapes.map(() => 'RollbackInstanceRefresh'),
    ]);
    const events = publishedEvents(stage, place, since).map(({ event }) => event);
    const refreshed = events.filter(({ 'detail-type': type }) => type.includes('Instance Refresh'));
    expect(
      refreshed.map(({ 'detail-type': type }) => type.replace(/^.*Refresh /, '')).sort(),
    ).toEqual(
      ['Rollback Started', 'Rollback Succeeded', 'Started'].flatMap((name) =>
        shapes.map(() => name),
      ),
    );
    const types = events.map(({ 'detail-type': type }) => type);
    const terminated = types.indexOf('EC2 Instance Terminate Successful');
    expect(terminated).toBeGreaterThan(
      types.lastIndexOf('EC2 Auto Scaling Instance Refresh Rollback Started'),
    );
    expect(events.filter(({ detail }) => detail['eventType'] === 'ERROR')).toEqual([]);
    expect(ownersView(await stage.groups(place))).toEqual(ownersView(before));
  });

  it('is fine when the user data of the customer has the last word', async () => {
    const place = stage.place('workload-2');
    await stage.deployCustomer(place, { shapes: ['SingleGroup'] });
    const elsewhere = await stage.build(
      'elsewhere.sh',
      "#!/bin/bash\necho 'ECS_CLUSTER=elsewhere' >> /etc/ecs/ecs.config\n",
    );
    expect(await stage.roll(place, elsewhere, 'r1')).toMatchObject([
      { state: 'refreshed', registration: 'checked' },
    ]);
    const cluster = await CustomerCluster.open(stage, place);
    expect(await cluster.nodes()).toMatchObject([{ agentConnected: true, runningTasksCount: 1 }]);
  });

  it('cannot be told where no cluster is known any more, and the answer says so', async () => {
    const place = stage.place('workload-3');
    const template = customerVariant(['SingleGroup'], (customer) => {
      delete customer.Resources['Service'];
      const { LaunchTemplateData: data } = propertiesOf(customer, 'SingleTemplate');
      const { UserData, IamInstanceProfile, ...rest } = data as Record<string, unknown>;
      expect([UserData, IamInstanceProfile]).not.toContain(undefined);
      propertiesOf(customer, 'SingleTemplate')['LaunchTemplateData'] = rest;
    });
    await stage.deployCustomer(place, { template });
    // The group was in a cluster once; what was recorded then says nothing of now.
    const group = {
      ResourceId: await stage.groupName(place, 'SingleGroup'),
      ResourceType: 'auto-scaling-group',
      PropagateAtLaunch: false,
    };
    const Tags = [{ ...group, Key: 'golden:cluster', Value: 'before' }];
    await stage.infra
      .client(AutoScalingClient, place)
      .send(new CreateOrUpdateTagsCommand({ Tags }));
    const request = stage.request(place, wrong, { action: 'refresh', rolloutId: 'r1' });
    expect(await stage.reports(place, request)).toMatchObject([
      {
        state: 'moving',
        registration: 'not-checked',
        warnings: expect.arrayContaining([
          expect.objectContaining({ reason: 'registration-not-checked' }),
        ]),
      },
    ]);
    expect(await stage.roll(place, wrong, 'r1')).toMatchObject([
      { state: 'refreshed', registration: 'not-checked' },
    ]);
    expect((await stage.groups(place)).get('SingleGroup')?.tags).toMatchObject({
      'golden:cluster': '',
    });
  });
});

/**
 * A customer whose agents register and are not let in for a while: that is how an agent can be had that is known and
 * disconnected. The long warm-up keeps the old instance until the new one has been looked at.
 */
const refusingCustomer = customerVariant(['SingleGroup'], (template) => {
  template.Parameters['Polls'] = { Type: 'String', Default: 'true' };
  template.Conditions = { Refuses: { 'Fn::Equals': [{ Ref: 'Polls' }, 'false'] } };
  const statement = { Effect: 'Deny', Action: 'ecs:Poll', Resource: '*' };
  const PolicyDocument = { Version: '2012-10-17', Statement: [statement] };
  propertiesOf(template, 'InstanceRole')['Policies'] = {
    'Fn::If': ['Refuses', [{ PolicyName: 'refuse', PolicyDocument }], { Ref: 'AWS::NoValue' }],
  };
  propertiesOf(template, 'SingleGroup')['DefaultInstanceWarmup'] = 1_200;
});

describe('an agent that is known and not connected', () => {
  /** It is refused five times; asks for the status some time before the sixth try, which goes well. */
  const statusBeforeSixthTry = async (
    place: Place,
    leadMs: number,
  ): Promise<readonly ExplainedReport[]> => {
    await stage.deployCustomer(place, { template: refusingCustomer });
    await updateCustomer(stage, place, { Polls: 'false' });
    const since = stage.world.journal.entries.length;
    const { scheduler } = stage.world;
    const rollout = { rolloutId: 'r1' };
    await stage.reports(place, stage.request(place, good, { action: 'refresh', ...rollout }));
    const fifth = () =>
      entriesOf(stage, place, since).find(
        ({ name, detail }) => name === 'agent-refused' && detail['attempt'] === 5,
      );
    for (let waits = 0; !fifth() && waits < 30; waits += 1) await scheduler.runFor(minute / 2);
    await updateCustomer(stage, place, { Polls: 'true' });
    const sixthAt = Date.parse(fifth()?.at ?? '') + 8 * minute;
    await scheduler.runFor(sixthAt - leadMs - scheduler.now);
    const agents = await (await CustomerCluster.open(stage, place)).nodes();
    expect(agents.map(({ agentConnected }) => agentConnected).sort()).toEqual([false, true]);
    return stage.reports(place, stage.request(place, good, { action: 'status', ...rollout }));
  };

  it('for some minutes only is not taken for missing', async () => {
    const place = stage.place('workload-4');
    expect(await statusBeforeSixthTry(place, 150_000)).toMatchObject([
      { state: 'moving', registration: 'checked', refresh: { status: 'InProgress' } },
    ]);
    expect(await stage.roll(place, good, 'r1')).toMatchObject([{ state: 'refreshed' }]);
  });

  it('for as long as it is looked at is taken for missing', async () => {
    const place = stage.place('workload-5');
    expect(await statusBeforeSixthTry(place, 225_000)).toMatchObject([
      {
        state: 'rolling-back',
        reason: 'agent-not-registered',
        detail: expect.stringMatching(/^i-/),
      },
    ]);
  });
});

describe('a refresh that ends before its instances have to be connected', () => {
  it('counts when they are: until then the group is moving, and a bad image still goes back', async () => {
    const hasty = await FleetStage.open({ otherRegions: [] });
    await hasty.deploy({
      BakeSeconds: '0',
      InstanceWarmupSeconds: '0',
      RegistrationGraceSeconds: '240',
    });
    const place = hasty.place('workload-1');
    // Where no task waits for a place, ECS has no error to tell of either.
    const template = customerVariant(['SingleGroup'], ({ Resources }) => {
      delete Resources['Service'];
    });
    await hasty.deployCustomer(place, { template });
    const right = await hasty.build('harden.sh');
    const ask = (action: 'refresh' | 'status') =>
      hasty.reports(place, hasty.request(place, right, { action, rolloutId: 'r1' }));
    await ask('refresh');
    await hasty.world.scheduler.runFor(3 * minute);
    expect(await ask('status')).toMatchObject([
      { state: 'moving', refresh: { status: 'Successful' } },
    ]);
    await hasty.world.scheduler.runFor(2 * minute);
    expect(await ask('status')).toMatchObject([{ state: 'refreshed', registration: 'checked' }]);
    const wrongCluster = await hasty.build('wrong-cluster.sh');
    expect(await hasty.roll(place, wrongCluster, 'r2')).toMatchObject([
      { state: 'rolled-back', reason: 'agent-not-registered' },
    ]);
  });
});
