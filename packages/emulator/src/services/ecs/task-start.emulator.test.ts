import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  detailOf,
  ecsFixture,
  minutes,
  nodeRole,
  type EcsFixture,
} from '../../../test/ecs-fixture.ts';
import { logs } from '../logs/operations.ts';

const awslogs = {
  logDriver: 'awslogs',
  options: {
    'awslogs-group': '/app',
    'awslogs-region': 'eu-west-1',
    'awslogs-stream-prefix': 'web',
  },
} as const;

const reasons = (given: EcsFixture): unknown[] =>
  given
    .events('ECS Task State Change')
    .map(detailOf)
    .filter(({ stopCode }) => stopCode === 'TaskFailedToStart')
    .map(({ containers }) =>
      Array.isArray(containers) ? (containers[0] as { reason?: string }).reason : undefined,
    );

describe('a task that starts', () => {
  it('makes the log stream of its container with the role of the instance', async () => {
    const given = await ecsFixture([logs]);
    const client = given.client(CloudWatchLogsClient);
    await client.send(new CreateLogGroupCommand({ logGroupName: '/app' }));
    await given.addNodes(1);
    const taskDefinition = await given.register('web', { logConfiguration: awslogs });
    await given.createService('web', { taskDefinition, desiredCount: 1 });
    await given.settleService('web');
    const { logStreams } = await client.send(
      new DescribeLogStreamsCommand({ logGroupName: '/app' }),
    );
    expect(logStreams?.[0]?.logStreamName).toMatch(/^web\/app\/[0-9a-f]{32}$/);
  });

  it('fails without its log group, over and over in growing pauses, and that is said as a warning', async () => {
    const given = await ecsFixture([logs]);
    await given.addNodes(1);
    const taskDefinition = await given.register('web', { logConfiguration: awslogs });
    await given.createService('web', { taskDefinition, desiredCount: 1 });
    await given.world.scheduler.runFor(60 * minutes);

    expect(given.actions()).toEqual(['SERVICE_TASK_START_IMPAIRED']);
    expect(detailOf(given.events('ECS Service Action')[0] ?? {})['eventType']).toBe('WARN');
    const failures = reasons(given);
    expect(failures[0]).toMatch(
      /^CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException/,
    );
    expect(failures.length).toBeGreaterThan(5);
    expect(failures.length).toBeLessThan(15);

    const client = given.client(CloudWatchLogsClient);
    await client.send(new CreateLogGroupCommand({ logGroupName: '/app' }));
    await given.settleService('web', 30 * minutes);
    expect(given.actions().at(-1)).toBe('SERVICE_STEADY_STATE');
  });

  it('fails where the image makes a log driver the default of Docker that nobody configured', async () => {
    const given = await ecsFixture();
    await given.addNodes(1, {
      script:
        '#!/bin/bash\necho ECS_CLUSTER=blue >> /etc/ecs/ecs.config\necho \'{"log-driver":"splunk"}\' > /etc/docker/daemon.json\nsystemctl restart docker\n',
    });
    await given.createService('web', { desiredCount: 1 });
    await given.world.scheduler.runFor(3 * minutes);
    expect(reasons(given)[0]).toMatch(/must specify a value for log opt 'splunk-url'/);
  });

  it('stays pending while the agent may not report', async () => {
    const given = await ecsFixture();
    await given.iam.send(
      new PutRolePolicyCommand({
        RoleName: nodeRole,
        PolicyName: 'silent',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Deny', Action: 'ecs:SubmitTaskStateChange', Resource: '*' },
        }),
      }),
    );
    await given.spread();
    await given.addNodes(1);
    await given.createService('web', { desiredCount: 1 });
    await given.world.scheduler.runFor(10 * minutes);
    expect(await given.service('web')).toMatchObject({ runningCount: 0, pendingCount: 1 });
  });

  it('does not start with a role that does not trust tasks', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    const { Role } = await given.iam.send(
      new CreateRoleCommand({
        RoleName: 'wrong',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ec2.amazonaws.com' },
          },
        }),
      }),
    );
    await given.spread();
    const taskDefinition = await given.register('web', {}, { taskRoleArn: Role?.Arn });
    await given.createService('web', { taskDefinition });
    await given.world.scheduler.runFor(1 * minutes);
    expect(given.actions()).toEqual(['SERVICE_TASK_CONFIGURATION_FAILURE ROLE']);
  });
});

describe('the circuit breaker', () => {
  it('ends a deployment whose tasks do not start and goes back to the last one', async () => {
    const given = await ecsFixture([logs]);
    await given.addNodes(1);
    await given.createService('web', {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    const before = await given.settleService('web');
    const taskDefinition = await given.register('web', { logConfiguration: awslogs });
    await given.ecs.send(
      new UpdateServiceCommand({ cluster: 'blue', service: 'web', taskDefinition }),
    );
    await given.settleService('web', 30 * minutes);

    expect((await given.service('web')).taskDefinition).toBe(before.taskDefinition);
    expect(
      given.events('ECS Deployment State Change').map((event) => detailOf(event)['eventName']),
    ).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_FAILED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
  });
});
