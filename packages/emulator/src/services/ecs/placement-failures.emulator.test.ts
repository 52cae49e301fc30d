import { describe, expect, it } from '@jest/globals';
import { detailOf, ecsFixture, minutes, seconds } from '../../../test/ecs-fixture.ts';

const hours = 60 * minutes;
const awslogs = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': '/app', 'awslogs-region': 'eu-west-1' },
} as const;
/** An image whose agent does not know awslogs. */
const withoutAwslogs =
  '#!/bin/bash\necho ECS_CLUSTER=blue > /etc/ecs/ecs.config\necho \'ECS_AVAILABLE_LOGGING_DRIVERS=["json-file"]\' >> /etc/ecs/ecs.config\n';

describe('a placement failure', () => {
  it('is said once while its cause lasts, and again after six hours', async () => {
    const given = await ecsFixture();
    await given.createService('web');
    await given.world.scheduler.runFor(5 * hours);
    expect(given.actions()).toEqual(['SERVICE_TASK_PLACEMENT_FAILURE NO ACTIVE INSTANCES']);
    await given.world.scheduler.runFor(1 * hours + 1 * minutes);
    expect(given.actions()).toHaveLength(2);

    await given.addNodes(1);
    await given.settleService('web');
    expect(given.actions()).toHaveLength(3);
    const events = given.events('ECS Service Action');
    expect(events[0]).toMatchObject({
      source: 'aws.ecs',
      resources: ['arn:aws:ecs:eu-west-1:111111111111:service/blue/web'],
      detail: { eventType: 'ERROR', clusterArn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/blue' },
    });
  });

  it('names the missing attribute when no instance has the log driver', async () => {
    const given = await ecsFixture();
    await given.addNodes(1, { script: withoutAwslogs });
    const taskDefinition = await given.register('web', { logConfiguration: awslogs });
    await given.createService('web', { taskDefinition });
    await given.world.scheduler.runFor(5 * seconds);

    expect(given.actions()).toEqual(['SERVICE_TASK_PLACEMENT_FAILURE ATTRIBUTE']);
    const [node] = await given.nodes();
    expect(detailOf(given.events('ECS Service Action')[0] ?? {})['containerInstanceArns']).toEqual([
      node?.containerInstanceArn,
    ]);
    expect((await given.service('web')).events?.[0]?.message).toMatch(
      /^\(service web\) was unable to place a task because no container instance met all of its requirements\. Reason: The closest matching \(container-instance [0-9a-f]{32}\) is missing an attribute required by your task\.$/,
    );
  });

  it.each([
    ['RESOURCE:MEMORY', { memory: 4_000 }],
    ['RESOURCE:CPU', { cpu: 4_096 }],
    ['RESOURCE:PORTS', { portMappings: [{ containerPort: 22, hostPort: 22 }] }],
  ])('names %s when that is what the nearest instance lacks', async (reason, container) => {
    const given = await ecsFixture();
    await given.addNodes(1);
    const taskDefinition = await given.register('web', container);
    await given.createService('web', { taskDefinition });
    await given.world.scheduler.runFor(5 * seconds);
    expect(given.actions()).toEqual([`SERVICE_TASK_PLACEMENT_FAILURE ${reason}`]);
  });

  it('names the attribute that the instance with room lacks, not the room that full ones lack', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('filler', {
      taskDefinition: await given.register('filler', { memory: 1_800 }),
      desiredCount: 1,
    });
    await given.settleService('filler');
    const before = given.actions().length;
    await given.addNodes(1, { script: withoutAwslogs });
    const taskDefinition = await given.register('web', { logConfiguration: awslogs });
    await given.createService('web', { taskDefinition, desiredCount: 1 });
    await given.world.scheduler.runFor(5 * seconds);
    expect(given.actions().slice(before)).toEqual(['SERVICE_TASK_PLACEMENT_FAILURE ATTRIBUTE']);
  });

  it('names the constraint that no instance fits', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await given.createService('web', {
      placementConstraints: [{ type: 'distinctInstance' }],
    });
    await given.world.scheduler.runFor(1 * minutes);
    expect(given.actions()).toEqual([
      'SERVICE_TASK_PLACEMENT_FAILURE DistinctInstance placement constraint unsatisfied.',
    ]);
    await given.createService('other', {
      placementConstraints: [
        { type: 'memberOf', expression: 'attribute:ecs.instance-type == m5.large' },
      ],
    });
    await given.world.scheduler.runFor(1 * minutes);
    expect(given.actions().at(-1)).toBe(
      'SERVICE_TASK_PLACEMENT_FAILURE MemberOf placement constraint unsatisfied.',
    );
  });
});
