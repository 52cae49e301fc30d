import { describe, expect, it } from '@jest/globals';
import {
  DescribeInstanceRefreshesCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateCapacityProviderCommand,
  PutClusterCapacityProvidersCommand,
} from '@aws-sdk/client-ecs';
import { ecsFixture, joinBlue, minutes, type EcsFixture } from '../../../test/ecs-fixture.ts';

/** A group of two instances of `blue` with a service that has a task on each. */
async function fleet(managed: boolean): Promise<EcsFixture> {
  const given = await ecsFixture();
  const Version = await given.nodeTemplate();
  await given.createGroup('nodes', {
    LaunchTemplate: { LaunchTemplateId: given.templateId, Version },
    MinSize: 2,
    MaxSize: 4,
    DesiredCapacity: 2,
  });
  if (managed) {
    const { AutoScalingGroupARN: autoScalingGroupArn = '' } = await given.group('nodes');
    await given.ecs.send(
      new CreateCapacityProviderCommand({
        name: 'nodes',
        autoScalingGroupProvider: { autoScalingGroupArn },
      }),
    );
    await given.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'blue',
        capacityProviders: ['nodes'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'nodes', weight: 1 }],
      }),
    );
  }
  await given.createService('web', { desiredCount: 2 });
  await given.settleService('web');
  return given;
}

const startRefresh = (given: EcsFixture, Version: string) =>
  given.scaling.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName: 'nodes',
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: given.templateId, Version } },
      Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150, InstanceWarmup: 300 },
    }),
  );

async function refresh(given: EcsFixture, Version: string): Promise<number[]> {
  await startRefresh(given, Version);
  const running: number[] = [];
  await given.runUntil(async () => {
    running.push((await given.service('web')).runningCount ?? 0);
    const { InstanceRefreshes: [found] = [] } = await given.scaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: 'nodes' }),
    );
    return found?.Status === 'Successful';
  }, 120 * minutes);
  return running;
}

const failures = (given: EcsFixture): readonly string[] =>
  given.actions().filter((name) => name.includes('FAILURE') || name.includes('IMPAIRED'));

describe('an instance refresh of a group behind a cluster', () => {
  it('with managed draining keeps every task running and no service complains', async () => {
    const given = await fleet(true);
    const old = (await given.nodes()).map(({ ec2InstanceId }) => ec2InstanceId);
    const before = failures(given).length;
    const running = await refresh(given, await given.nodeTemplate());
    expect(Math.min(...running)).toBe(2);
    expect(failures(given)).toHaveLength(before);
    for (const { ec2InstanceId } of await given.nodes('ACTIVE'))
      expect(old).not.toContain(ec2InstanceId);
  });

  it('to an image without the log driver makes the service complain of an attribute', async () => {
    const given = await fleet(true);
    const taskDefinition = await given.register('logged', {
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/a', 'awslogs-region': 'eu-west-1' },
      },
    });
    await given.createService('logged', { taskDefinition });
    await given.settleService('logged');
    const before = failures(given).length;
    const bad = await given.nodeTemplate(
      `${joinBlue}echo 'ECS_AVAILABLE_LOGGING_DRIVERS=["json-file"]' >> /etc/ecs/ecs.config\n`,
    );
    await startRefresh(given, bad);
    await given.runUntil(() => Promise.resolve(failures(given).length > before), 120 * minutes);
    expect(failures(given).slice(before)).toEqual(['SERVICE_TASK_PLACEMENT_FAILURE ATTRIBUTE']);
  });

  it('without a capacity provider loses tasks and brings them back elsewhere', async () => {
    const given = await fleet(false);
    const running = await refresh(given, await given.nodeTemplate());
    expect(Math.min(...running)).toBeLessThan(2);
    await given.settleService('web');
    expect(
      (await given.tasks('web', 'STOPPED')).every(
        ({ stopCode }) => stopCode === 'TerminationNotice',
      ),
    ).toBe(true);
  });
});
