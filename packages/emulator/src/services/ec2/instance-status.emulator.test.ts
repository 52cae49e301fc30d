import { describe, expect, it } from '@jest/globals';
import {
  CreateDefaultVpcCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import { amazonImage } from '../../../test/ec2-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { ec2 } from './operations.ts';

const minute = 60_000;

async function setUp(count: number) {
  const given = serviceFixture([ec2]);
  const client = given.client(EC2Client);
  await client.send(new CreateDefaultVpcCommand({}));
  const { ImageId } = await amazonImage(client);
  const { Instances = [] } = await client.send(
    new RunInstancesCommand({
      ImageId,
      InstanceType: 't3.micro',
      MinCount: count,
      MaxCount: count,
    }),
  );
  return { given, client, ids: Instances.map(({ InstanceId = '' }) => InstanceId) };
}

describe('DescribeInstanceStatus', () => {
  it('shows running instances, whose checks pass after some minutes', async () => {
    const { given, client, ids } = await setUp(1);
    const status = async (IncludeAllInstances = false) => {
      const { InstanceStatuses } = await client.send(
        new DescribeInstanceStatusCommand({ InstanceIds: ids, IncludeAllInstances }),
      );
      return InstanceStatuses?.map(({ InstanceState, InstanceStatus, SystemStatus }) => [
        InstanceState?.Name,
        InstanceStatus?.Status,
        SystemStatus?.Status,
      ]);
    };
    expect(await status()).toEqual([]);
    expect(await status(true)).toEqual([['pending', 'not-applicable', 'not-applicable']]);
    await given.world.scheduler.runFor(minute);
    expect(await status()).toEqual([['running', 'initializing', 'initializing']]);
    await given.world.scheduler.runFor(5 * minute);
    expect(await status()).toEqual([['running', 'ok', 'ok']]);
    await client.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    expect(await status()).toEqual([]);
  });

  it('goes in pages, filters, and knows which instances there are', async () => {
    const { given, client } = await setUp(3);
    await given.world.scheduler.runFor(minute);
    const first = await client.send(new DescribeInstanceStatusCommand({}));
    expect(first.InstanceStatuses).toHaveLength(2);
    const second = await client.send(
      new DescribeInstanceStatusCommand({ NextToken: first.NextToken }),
    );
    expect(second.InstanceStatuses).toHaveLength(1);
    const ok = await client.send(
      new DescribeInstanceStatusCommand({
        Filters: [{ Name: 'instance-status.status', Values: ['ok'] }],
      }),
    );
    expect(ok.InstanceStatuses).toEqual([]);
    await expect(
      client.send(new DescribeInstanceStatusCommand({ InstanceIds: ['i-0123456789abcdef0'] })),
    ).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
  });
});

describe('DescribeInstances', () => {
  it('goes in pages, or by id without pages', async () => {
    const { client, ids } = await setUp(3);
    const seen: (string | undefined)[] = [];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client }, {}))
      seen.push(
        ...Reservations.flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceId)),
      );
    expect(seen.sort()).toEqual([...ids].sort());
    const byId = await client.send(new DescribeInstancesCommand({ InstanceIds: ids }));
    expect(byId.Reservations?.flatMap(({ Instances = [] }) => Instances)).toHaveLength(3);
    await expect(
      client.send(new DescribeInstancesCommand({ InstanceIds: ids, MaxResults: 5 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
  });
});
