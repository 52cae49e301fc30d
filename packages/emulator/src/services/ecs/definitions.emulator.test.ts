import { describe, expect, it } from '@jest/globals';
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterSettingsCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetRoleCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { ecsFixture, minutes, type EcsFixture } from '../../../test/ecs-fixture.ts';

async function userClient(given: EcsFixture, statement: object): Promise<ECSClient> {
  await given.iam.send(new CreateUserCommand({ UserName: 'someone' }));
  await given.iam.send(
    new PutUserPolicyCommand({
      UserName: 'someone',
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    }),
  );
  const { AccessKey } = await given.iam.send(new CreateAccessKeyCommand({ UserName: 'someone' }));
  await given.spread();
  return given.client(ECSClient, {
    as: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      sessionToken: undefined,
    },
  });
}

describe('clusters', () => {
  it('are made once, with the service-linked role on first use', async () => {
    const given = await ecsFixture();
    const { cluster } = await given.ecs.send(new CreateClusterCommand({ clusterName: 'blue' }));
    expect(cluster).toMatchObject({
      clusterArn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/blue',
      status: 'ACTIVE',
    });
    const { clusterArns } = await given.ecs.send(new ListClustersCommand({}));
    expect(clusterArns).toHaveLength(1);
    await expect(
      given.iam.send(new GetRoleCommand({ RoleName: 'AWSServiceRoleForECS' })),
    ).resolves.toHaveProperty('Role.Path', '/aws-service-role/ecs.amazonaws.com/');
  });

  it('are deleted only when nothing is left in them', async () => {
    const given = await ecsFixture();
    await given.createService('web');
    const remove = () => given.ecs.send(new DeleteClusterCommand({ cluster: 'blue' }));
    await expect(remove()).rejects.toMatchObject({ name: 'ClusterContainsServicesException' });
    await given.ecs.send(new CreateClusterCommand({ clusterName: 'green' }));
    const { cluster } = await given.ecs.send(new DeleteClusterCommand({ cluster: 'green' }));
    expect(cluster?.status).toBe('INACTIVE');
  });

  it('with instances are not deleted', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    await expect(
      given.ecs.send(new DeleteClusterCommand({ cluster: 'blue' })),
    ).rejects.toMatchObject({ name: 'ClusterContainsContainerInstancesException' });
  });

  it('are described with failures for those that are missing', async () => {
    const given = await ecsFixture();
    await given.ecs.send(
      new UpdateClusterSettingsCommand({
        cluster: 'blue',
        settings: [{ name: 'containerInsights', value: 'enabled' }],
      }),
    );
    const { clusters, failures } = await given.ecs.send(
      new DescribeClustersCommand({ clusters: ['blue', 'none'], include: ['SETTINGS'] }),
    );
    expect(clusters?.[0]?.settings).toEqual([{ name: 'containerInsights', value: 'enabled' }]);
    expect(failures).toEqual([
      { arn: 'arn:aws:ecs:eu-west-1:111111111111:cluster/none', reason: 'MISSING' },
    ]);
  });

  it('and what is in them are for those who may by cluster and tag', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    const client = await userClient(given, [
      {
        Effect: 'Allow',
        Action: ['ecs:DescribeTasks', 'ecs:RunTask'],
        Resource: '*',
        Condition: { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/blue' } },
      },
      {
        Effect: 'Allow',
        Action: 'ecs:DescribeClusters',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'x' } },
      },
    ]);
    const describe = () => client.send(new DescribeClustersCommand({ clusters: ['blue'] }));
    await expect(describe()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('arn:aws:ecs:eu-west-1:111111111111:cluster/blue'),
    });
    const resourceArn = 'arn:aws:ecs:eu-west-1:111111111111:cluster/blue';
    await given.ecs.send(
      new TagResourceCommand({ resourceArn, tags: [{ key: 'team', value: 'x' }] }),
    );
    await describe();
    const { tasks } = await client.send(
      new RunTaskCommand({ cluster: 'blue', taskDefinition: await given.register('job') }),
    );
    await client.send(
      new DescribeTasksCommand({ cluster: 'blue', tasks: [tasks?.[0]?.taskArn ?? ''] }),
    );
    await expect(
      client.send(new RunTaskCommand({ cluster: 'green', taskDefinition: 'job' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await given.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    expect((await given.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(
      [],
    );
  });
});

describe('task definitions', () => {
  it('count revisions and name the attributes that they need', async () => {
    const given = await ecsFixture();
    await given.register('web');
    const arn = await given.register('web', {
      privileged: true,
      memoryReservation: 64,
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/a', 'awslogs-region': 'eu-west-1' },
      },
    });
    expect(arn).toBe('arn:aws:ecs:eu-west-1:111111111111:task-definition/web:2');
    const { taskDefinition } = await given.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }),
    );
    expect(taskDefinition?.revision).toBe(2);
    expect(taskDefinition?.requiresAttributes?.map(({ name }) => name)).toEqual([
      'com.amazonaws.ecs.capability.docker-remote-api.1.19',
      'com.amazonaws.ecs.capability.docker-remote-api.1.21',
      'com.amazonaws.ecs.capability.logging-driver.awslogs',
      'com.amazonaws.ecs.capability.privileged-container',
    ]);
  });

  it('are deregistered by revision and stay described', async () => {
    const given = await ecsFixture();
    await given.register('web');
    await given.register('web');
    const deregister = (taskDefinition: string) =>
      given.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    await expect(deregister('web')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await deregister('web:2');
    const { taskDefinition } = await given.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }),
    );
    expect(taskDefinition?.revision).toBe(1);
    expect(await given.register('web')).toMatch(/web:3$/);
    const { taskDefinitionArns } = await given.ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: 'web', status: 'INACTIVE' }),
    );
    expect(taskDefinitionArns).toEqual([expect.stringMatching(/web:2$/)]);
  });

  it('want iam:PassRole for their roles', async () => {
    const given = await ecsFixture();
    const { Role } = await given.iam.send(
      new CreateRoleCommand({
        RoleName: 'task',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
          },
        }),
      }),
    );
    const client = await userClient(given, { Effect: 'Allow', Action: 'ecs:*', Resource: '*' });
    await expect(
      client.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          taskRoleArn: Role?.Arn,
          containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
        }),
      ),
    ).rejects.toThrow('iam:PassRole');
  });

  const refused: readonly [
    string,
    Partial<ContainerDefinition>,
    Partial<RegisterTaskDefinitionCommandInput>,
    string,
  ][] = [
    ['no memory', { memory: undefined }, {}, 'ClientException'],
    ['no essential container', { essential: false }, {}, 'ClientException'],
    [
      'a soft limit above the hard one',
      { memory: 64, memoryReservation: 128 },
      {},
      'ClientException',
    ],
    [
      'awslogs without a group',
      { logConfiguration: { logDriver: 'awslogs', options: {} } },
      {},
      'ClientException',
    ],
    [
      'a health check, which is not modelled',
      { healthCheck: { command: ['true'] } },
      {},
      'InvalidParameterException',
    ],
    ['awsvpc, which is not modelled', {}, { networkMode: 'awsvpc' }, 'InvalidParameterException'],
  ];
  it.each(refused)('are refused with %s', async (_, container, input, name) => {
    const given = await ecsFixture();
    await expect(given.register('web', container, input)).rejects.toMatchObject({ name });
  });
});

describe('standalone tasks', () => {
  it('run where there is room, and say what each instance lacks where there is none', async () => {
    const given = await ecsFixture();
    const taskDefinition = await given.register('job', { memory: 1_500 });
    const run = (count: number, clientToken?: string) =>
      given.ecs.send(new RunTaskCommand({ cluster: 'blue', taskDefinition, count, clientToken }));
    await expect(run(1)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'No Container Instances were found in your cluster.',
    });
    await given.addNodes(1);
    const [node] = await given.nodes();
    const { tasks, failures } = await run(2, 'once');
    expect(tasks?.map(({ group, lastStatus }) => [group, lastStatus])).toEqual([
      ['family:job', 'PENDING'],
    ]);
    expect(failures).toEqual([{ arn: node?.containerInstanceArn, reason: 'RESOURCE:MEMORY' }]);
    await given.world.scheduler.runFor(1 * minutes);
    const again = await run(2, 'once');
    expect(again.tasks?.map(({ taskArn, lastStatus }) => [taskArn, lastStatus])).toEqual([
      [tasks?.[0]?.taskArn, 'RUNNING'],
    ]);
    await expect(run(1, 'once')).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('start on the instances that are named', async () => {
    const given = await ecsFixture();
    await given.addNodes(1);
    const [node] = await given.nodes();
    const { tasks, failures } = await given.ecs.send(
      new StartTaskCommand({
        cluster: 'blue',
        taskDefinition: await given.register('job'),
        containerInstances: [node?.containerInstanceArn ?? '', 'none'],
      }),
    );
    expect(tasks?.[0]?.containerInstanceArn).toBe(node?.containerInstanceArn);
    expect(failures).toEqual([expect.objectContaining({ reason: 'MISSING' })]);
  });
});
