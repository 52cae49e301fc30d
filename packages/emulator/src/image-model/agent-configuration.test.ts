import { describe, expect, it } from '@jest/globals';
import type { ImageContents } from './index.ts';
import { ecsAgentCapabilities, ecsAgentConfiguration } from './index.ts';
import { container, built } from '../../test/built-images.ts';

describe('the configuration of the agent', () => {
  const drivers = (contents: ImageContents): string[] =>
    ecsAgentCapabilities(contents)
      .map((name) => /logging-driver\.(.+)/.exec(name)?.[1] ?? '')
      .filter((name) => name !== '' && !name.startsWith('awsfirelens'));

  it('has the defaults of ecs-init', () => {
    expect(ecsAgentConfiguration(container).loggingDrivers).toEqual([
      'json-file',
      'syslog',
      'awslogs',
      'fluentd',
      'none',
    ]);
    expect(drivers(container)).toEqual(['awslogs', 'fluentd', 'json-file', 'none', 'syslog']);
    expect(ecsAgentCapabilities(container)).toEqual(
      expect.arrayContaining([
        'com.amazonaws.ecs.capability.logging-driver.awslogs',
        'com.amazonaws.ecs.capability.docker-remote-api.1.18',
        'com.amazonaws.ecs.capability.task-iam-role',
        'com.amazonaws.ecs.capability.privileged-container',
        'ecs.capability.execution-role-awslogs',
        'ecs.capability.task-eni',
      ]),
    );
  });

  it.each<[string, string, string[]]>([
    [
      'a list',
      `echo 'ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","journald"]' >> /etc/ecs/ecs.config`,
      ['journald', 'json-file'],
    ],
    [
      'a later line',
      `printf '%s\\n' 'ECS_AVAILABLE_LOGGING_DRIVERS=["none"]' 'ECS_AVAILABLE_LOGGING_DRIVERS=["awslogs"]' >> /etc/ecs/ecs.config`,
      ['awslogs'],
    ],
    [
      'a driver that the agent does not know',
      `echo 'ECS_AVAILABLE_LOGGING_DRIVERS=["awslogs","mine"]' >> /etc/ecs/ecs.config`,
      ['awslogs'],
    ],
    [
      'no JSON',
      'echo ECS_AVAILABLE_LOGGING_DRIVERS=awslogs >> /etc/ecs/ecs.config',
      ['json-file', 'none'],
    ],
    [
      'quotes that stay',
      `echo "ECS_AVAILABLE_LOGGING_DRIVERS='[\\"awslogs\\"]'" >> /etc/ecs/ecs.config`,
      ['json-file', 'none'],
    ],
  ])('takes logging drivers from %s', async (_name, script, expected) => {
    expect(drivers(await built(script))).toEqual(expected);
  });

  it('drops capabilities that are switched off', async () => {
    const image = await built(
      'echo ECS_DISABLE_PRIVILEGED=true >> /etc/ecs/ecs.config\necho ECS_ENABLE_TASK_IAM_ROLE=false >> /etc/ecs/ecs.config',
    );
    expect(ecsAgentCapabilities(image)).not.toContain(
      'com.amazonaws.ecs.capability.privileged-container',
    );
    expect(ecsAgentCapabilities(image)).not.toContain('com.amazonaws.ecs.capability.task-iam-role');
  });

  it('carries attributes', async () => {
    const image = await built(
      `echo 'ECS_INSTANCE_ATTRIBUTES={"rack": "7"}' >> /etc/ecs/ecs.config`,
    );
    expect(ecsAgentConfiguration(image).attributes).toEqual({ rack: '7' });
  });
});
