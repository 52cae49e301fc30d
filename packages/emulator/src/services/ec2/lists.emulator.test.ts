import { describe, expect, it } from '@jest/globals';
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { launchFixture } from '../../../test/ec2-fixture.ts';
import { ec2 } from './operations.ts';

const setUp = () => launchFixture([ec2]);

describe('lists', () => {
  it('refuse pages of fewer than five items, and the page token of another list', async () => {
    const { client } = await setUp();
    for (const MaxResults of [0, 1, 4])
      for (const asked of [
        () => client.send(new DescribeImagesCommand({ MaxResults })),
        () => client.send(new DescribeInstancesCommand({ MaxResults })),
        () => client.send(new DescribeSnapshotsCommand({ MaxResults })),
        () => client.send(new DescribeTagsCommand({ MaxResults })),
      ])
        await expect(asked()).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const { NextToken } = await client.send(new DescribeImagesCommand({ MaxResults: 5 }));
    expect(NextToken).toBeDefined();
    await expect(client.send(new DescribeVpcsCommand({ NextToken }))).rejects.toMatchObject({
      name: 'InvalidNextToken',
    });
  });

  it('refuse a filter that does not exist even when there is nothing to filter, and too many values', async () => {
    const { client } = await setUp();
    const asked = (Name: string, Values: string[]) =>
      client.send(new DescribeInstancesCommand({ Filters: [{ Name, Values }] }));
    await expect(asked('instance-colour', ['red'])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('instance-colour'),
    });
    // Names of what every object has are no filters either.
    await expect(asked('constructor', ['x'])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const many = Array.from({ length: 201 }, (_, index) => `t3.${index}`);
    await expect(asked('instance-type', many)).rejects.toMatchObject({
      name: 'FilterLimitExceeded',
    });
    expect((await asked('instance-type', many.slice(1))).Reservations).toEqual([]);
  });

  it('tell an id of the wrong form from one that is not there', async () => {
    const { client } = await setUp();
    const refusal = (command: object) =>
      client.send(command as DescribeInstancesCommand).then(
        () => 'answered',
        (error: unknown) => (error instanceof Error ? error.name : ''),
      );
    expect([
      await refusal(new DescribeInstancesCommand({ InstanceIds: ['i-xyz'] })),
      await refusal(new DescribeInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] })),
      await refusal(new TerminateInstancesCommand({ InstanceIds: ['web-1'] })),
      await refusal(new DescribeSnapshotsCommand({ SnapshotIds: ['snap-1'] })),
      await refusal(new DescribeSnapshotsCommand({ SnapshotIds: ['snap-0123456789abcdef0'] })),
      await refusal(new DescribeImagesCommand({ ImageIds: ['ami-1'] })),
      await refusal(new DescribeSecurityGroupsCommand({ GroupIds: ['web'] })),
    ]).toEqual([
      'InvalidInstanceID.Malformed',
      'InvalidInstanceID.NotFound',
      'InvalidInstanceID.Malformed',
      'InvalidSnapshotID.Malformed',
      'InvalidSnapshot.NotFound',
      'InvalidAMIID.Malformed',
      'InvalidGroupId.Malformed',
    ]);
  });
});
