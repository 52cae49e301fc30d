import { describe, expect, it } from '@jest/globals';
import {
  CreateDefaultVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { amazonImage } from '../../../test/ec2-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { ec2 } from './operations.ts';

const second = 1_000;
const setUp = () => serviceFixture([ec2], { throttling: true });

/** How many calls of a sequence are answered before one is refused. */
async function takenOf(call: () => Promise<unknown>, limit = 200): Promise<number> {
  for (let taken = 0; taken < limit; taken += 1)
    try {
      await call();
    } catch (error) {
      expect(error).toMatchObject({
        name: 'RequestLimitExceeded',
        $metadata: { httpStatusCode: 503 },
      });
      return taken;
    }
  return limit;
}

describe('the rate of requests', () => {
  it('is limited for each operation, fills up with time and is one of each Region', async () => {
    const given = setUp();
    const client = given.client(EC2Client);
    const byName = () =>
      client.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: 5 }));
    expect(await takenOf(byName)).toBe(100);
    await given.world.scheduler.runFor(second);
    expect(await takenOf(byName)).toBe(20);
    // Another operation and another Region have buckets of their own.
    await client.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    await given
      .client(EC2Client, { region: 'eu-central-1' })
      .send(new DescribeImagesCommand({ Owners: ['self'] }));
    await given.world.scheduler.runFor(3_600 * second);
    expect(await takenOf(byName)).toBe(100);
  });

  it('is lower for lists without filter and page size', async () => {
    const client = setUp().client(EC2Client);
    expect(await takenOf(() => client.send(new DescribeInstancesCommand({})))).toBe(50);
    expect(await takenOf(() => client.send(new DescribeInstancesCommand({ MaxResults: 5 })))).toBe(
      100,
    );
  });

  it('counts requests and instances of launches', async () => {
    const given = setUp();
    const client = given.client(EC2Client);
    await client.send(new CreateDefaultVpcCommand({}));
    const { ImageId } = await amazonImage(client);
    const launch = (count: number) =>
      client.send(
        new RunInstancesCommand({
          ImageId,
          InstanceType: 't3.micro',
          MinCount: count,
          MaxCount: count,
        }),
      );
    expect(await takenOf(() => launch(1))).toBe(5);
    await given.world.scheduler.runFor(600 * second);
    // 1,000 instances at once; then two a second. What the emulator does not launch counts all the same, as in EC2.
    for (let call = 0; call < 2; call += 1)
      await expect(launch(500)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await takenOf(() => launch(1))).toBe(0);
    await given.world.scheduler.runFor(second);
    expect(await takenOf(() => launch(1))).toBe(2);
  });

  it('is limited before anything is checked, and refused calls take nothing', async () => {
    const given = setUp();
    const client = given.client(EC2Client);
    const terminate = () =>
      client.send(new TerminateInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] }));
    const refusals: unknown[] = [];
    for (let call = 0; call < 102; call += 1)
      refusals.push(await terminate().catch((error: unknown) => error));
    expect(refusals.slice(99)).toMatchObject([
      { name: 'InvalidInstanceID.NotFound' },
      { name: 'RequestLimitExceeded' },
      { name: 'RequestLimitExceeded' },
    ]);
    await given.world.scheduler.runFor(second / 5);
    await expect(terminate()).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
  });
});
