import { describe, expect, it } from '@jest/globals';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { detailOf, ecsFixture, minutes, seconds } from '../../../test/ecs-fixture.ts';

const hours = 60 * minutes;

const isAway = async (given: Awaited<ReturnType<typeof ecsFixture>>, id: string) =>
  (await given.node(id))?.agentConnected === false;

describe('an agent that is well', () => {
  it('loses its connection several times an hour for some minutes at most, and events tell of it', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);
    await given.world.scheduler.runFor(6 * hours);

    const changes = given
      .events('ECS Container Instance State Change')
      .filter((event) => detailOf(event)['ec2InstanceId'] === id)
      .map((event) => ({
        at: Date.parse(String(event['time'])),
        connected: detailOf(event)['agentConnected'],
        status: detailOf(event)['status'],
      }));
    const losses = changes.filter(({ connected }, index) => index > 0 && connected === false);
    expect(losses.length).toBeGreaterThanOrEqual(6 * 2);
    expect(losses.length).toBeLessThanOrEqual(6 * 6);
    for (const { at, status } of losses) {
      expect(status).toBe('ACTIVE');
      const back = changes.find((change) => change.at >= at && change.connected === true);
      expect((back?.at ?? Infinity) - at).toBeLessThanOrEqual(3 * minutes);
    }
  });

  it('keeps its connection in a world that says so', async () => {
    const given = await ecsFixture([], { agentLossesPerHour: 0 });
    await given.addNodes(1);
    await given.world.scheduler.runFor(6 * hours);
    expect(given.events('ECS Container Instance State Change')).toHaveLength(2);
  });
});

describe('while an agent is away', () => {
  it('its tasks run on, and new ones find no place: AGENT', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);
    await given.createService('web', { desiredCount: 1 });
    await given.settleService('web');
    await given.runUntil(() => isAway(given, id), 2 * hours);
    expect((await given.service('web')).runningCount).toBe(1);

    await given.ecs.send(
      new UpdateServiceCommand({ cluster: 'blue', service: 'web', desiredCount: 2 }),
    );
    await given.settleService('web');
    expect(given.actions()).toEqual([
      'SERVICE_STEADY_STATE',
      'SERVICE_TASK_PLACEMENT_FAILURE AGENT',
      'SERVICE_STEADY_STATE',
    ]);
  });

  it('tasks that it was told to start or to stop wait until it is back', async () => {
    const given = await ecsFixture([], { agentLossesPerHour: 120 });
    const [id = ''] = await given.addNodes(1);
    await given.createService('web', { desiredCount: 1 });
    await given.runUntil(() => isAway(given, id), 5 * minutes);
    await given.settleService('web');
    await given.runUntil(() => isAway(given, id), 5 * minutes);
    await given.ecs.send(
      new UpdateServiceCommand({ cluster: 'blue', service: 'web', desiredCount: 0 }),
    );
    await given.runUntil(async () => (await given.tasks('web', 'STOPPED')).length === 1);
    expect(await isAway(given, id)).toBe(false);
    await given.world.scheduler.runFor(30 * seconds);
    expect((await given.service('web')).runningCount).toBe(0);
  });
});
