import { describe, expect, it } from '@jest/globals';
import {
  CreateClusterCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  RegisterContainerInstanceCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  detailOf,
  ecsFixture,
  joinBlue,
  minutes,
  nodeRole,
  seconds,
} from '../../../test/ecs-fixture.ts';

const ec2Policy = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role';
const refusals = (given: Awaited<ReturnType<typeof ecsFixture>>): unknown[] =>
  given.world.journal.entries
    .filter(({ name }) => name === 'agent-refused')
    .map(({ detail }) => detail['code']);

describe('the agent on an instance', () => {
  it('registers with the cluster of its user data within a minute and a half of boot', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);

    expect(await given.node(id)).toMatchObject({
      containerInstanceArn: expect.stringMatching(
        /^arn:aws:ecs:eu-west-1:111111111111:container-instance\/blue\/[0-9a-f]{32}$/,
      ),
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      versionInfo: { agentVersion: '1.99.1' },
      attributes: expect.arrayContaining([
        { name: 'ecs.ami-id', value: given.imageId },
        { name: 'ecs.instance-type', value: 't3.small' },
        { name: 'ecs.availability-zone', value: 'eu-west-1a' },
        { name: 'ecs.os-type', value: 'linux' },
        { name: 'com.amazonaws.ecs.capability.logging-driver.awslogs' },
      ]),
      registeredResources: expect.arrayContaining([
        expect.objectContaining({ name: 'CPU', integerValue: 2048 }),
        expect.objectContaining({ name: 'MEMORY', integerValue: 1885 }),
      ]),
    });
  });

  it('is told of by events: registered, then connected', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);

    const events = given.events('ECS Container Instance State Change');
    expect(events.map(detailOf)).toEqual([
      expect.objectContaining({
        ec2InstanceId: id,
        status: 'ACTIVE',
        agentConnected: false,
        version: 1,
      }),
      expect.objectContaining({
        ec2InstanceId: id,
        status: 'ACTIVE',
        agentConnected: true,
        version: 2,
      }),
    ]);
    expect(events[0]?.['source']).toBe('aws.ecs');
  });

  it('never registers when its unit does not run', async () => {
    const given = await ecsFixture();
    await given.launch(1, { script: `${joinBlue}systemctl mask --now docker\n` });
    await given.world.scheduler.runFor(15 * minutes);

    expect(await given.nodes()).toEqual([]);
    expect(given.world.journal.entries.map(({ name }) => name)).toContain('agent-not-running');
  });

  it('never registers without the permission, and does once it has it', async () => {
    const given = await ecsFixture();
    await given.iam.send(new DetachRolePolicyCommand({ RoleName: nodeRole, PolicyArn: ec2Policy }));
    await given.spread();
    await given.launch(1);
    await given.world.scheduler.runFor(5 * minutes);
    expect(await given.nodes()).toEqual([]);
    expect(refusals(given)).toContain('AccessDeniedException');

    await given.iam.send(new AttachRolePolicyCommand({ RoleName: nodeRole, PolicyArn: ec2Policy }));
    await given.world.scheduler.runFor(10 * minutes);
    expect(await given.nodes()).toHaveLength(1);
  });

  it('is registered but not connected when it may not poll', async () => {
    const given = await ecsFixture();
    await given.iam.send(
      new PutRolePolicyCommand({
        RoleName: nodeRole,
        PolicyName: 'no-poll',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Deny', Action: 'ecs:Poll', Resource: '*' },
        }),
      }),
    );
    await given.spread();
    await given.launch(1);
    await given.world.scheduler.runFor(5 * minutes);

    expect(await given.nodes()).toEqual([expect.objectContaining({ agentConnected: false })]);
  });

  it('waits for a cluster that does not exist, and joins it once it does', async () => {
    const given = await ecsFixture();
    await given.launch(1, { script: joinBlue.replace('blue', 'green') });
    await given.world.scheduler.runFor(5 * minutes);
    expect(refusals(given)).toContain('ClusterNotFoundException');

    await given.ecs.send(new CreateClusterCommand({ clusterName: 'green' }));
    await given.world.scheduler.runFor(10 * minutes);
    const { containerInstanceArns } = await given.ecs.send(
      new ListContainerInstancesCommand({ cluster: 'green' }),
    );
    expect(containerInstanceArns).toHaveLength(1);
  });

  it('makes the cluster default when its configuration names none', async () => {
    const given = await ecsFixture();
    await given.launch(1, { script: '#!/bin/bash\ntrue\n' });
    await given.world.scheduler.runFor(5 * minutes);

    const { containerInstanceArns } = await given.ecs.send(new ListContainerInstancesCommand({}));
    expect(containerInstanceArns).toHaveLength(1);
  });

  it('disconnects when its instance shuts down, and is deregistered when that is terminated', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);
    const containerInstances = [(await given.node(id))?.containerInstanceArn ?? ''];
    const describeIt = () =>
      given.ecs.send(
        new DescribeContainerInstancesCommand({ cluster: 'blue', containerInstances }),
      );
    await given.terminate(id);
    await given.world.scheduler.runFor(6 * seconds);
    expect(await given.node(id)).toMatchObject({ status: 'ACTIVE', agentConnected: false });

    await given.world.scheduler.runFor(2 * minutes);
    expect(await given.nodes()).toEqual([]);
    expect((await describeIt()).containerInstances?.[0]?.status).toBe('INACTIVE');
    await given.world.scheduler.runFor(61 * minutes);
    expect((await describeIt()).failures?.[0]?.reason).toBe('MISSING');
  });
});

describe('container instances', () => {
  it('are listed in pages', async () => {
    const given = await ecsFixture();
    await given.addNodes(3);

    const first = await given.ecs.send(new ListContainerInstancesCommand({ cluster: 'blue' }));
    expect(first.containerInstanceArns).toHaveLength(2);
    const second = await given.ecs.send(
      new ListContainerInstancesCommand({ cluster: 'blue', nextToken: first.nextToken }),
    );
    expect(second.containerInstanceArns).toHaveLength(1);
    expect(second.nextToken).toBeUndefined();
  });

  it.each([0, 101])('are not listed in a page of %s', async (maxResults) => {
    const given = await ecsFixture();
    await expect(
      given.ecs.send(new ListContainerInstancesCommand({ cluster: 'blue', maxResults })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('are described a hundred at most, with failures for those that are missing', async () => {
    const given = await ecsFixture();
    const describe = (containerInstances: string[]) =>
      given.ecs.send(
        new DescribeContainerInstancesCommand({ cluster: 'blue', containerInstances }),
      );

    expect((await describe(['none'])).failures).toEqual([
      expect.objectContaining({ reason: 'MISSING' }),
    ]);
    await expect(describe(Array.from({ length: 101 }, () => 'none'))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('drain and come back as they are told', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);
    const arn = (await given.node(id))?.containerInstanceArn ?? '';
    const update = (status: 'ACTIVE' | 'DRAINING') =>
      given.ecs.send(
        new UpdateContainerInstancesStateCommand({
          cluster: 'blue',
          containerInstances: [arn],
          status,
        }),
      );

    expect((await update('DRAINING')).containerInstances?.[0]?.status).toBe('DRAINING');
    expect(await given.nodes('DRAINING')).toHaveLength(1);
    expect((await update('ACTIVE')).containerInstances?.[0]?.status).toBe('ACTIVE');
  });

  it('are deregistered by hand', async () => {
    const given = await ecsFixture();
    const [id = ''] = await given.addNodes(1);
    const containerInstance = (await given.node(id))?.containerInstanceArn ?? '';
    await given.ecs.send(
      new DeregisterContainerInstanceCommand({ cluster: 'blue', containerInstance }),
    );
    expect(await given.nodes()).toEqual([]);
  });

  it('cannot be registered by somebody who is not the instance', async () => {
    const given = await ecsFixture();
    const [instanceId = ''] = await given.launch(1);
    await given.world.scheduler.runFor(2 * minutes);
    await expect(
      given.ecs.send(
        new RegisterContainerInstanceCommand({
          cluster: 'blue',
          instanceIdentityDocument: JSON.stringify({
            accountId: given.account.id,
            instanceId,
            region: 'eu-west-1',
          }),
          instanceIdentityDocumentSignature: 'forged',
        }),
      ),
    ).rejects.toMatchObject({ name: 'ClientException' });
  });
});
