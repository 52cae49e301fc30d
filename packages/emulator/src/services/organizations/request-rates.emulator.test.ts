import { describe, expect, it } from '@jest/globals';
import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListRootsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { organizationFixture } from '../../../test/organization-fixture.ts';

const refused = { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 400 } };

describe('the rate of calls of an account', () => {
  it('has a burst of its own for each list and comes back with time', async () => {
    const { world, client } = await organizationFixture({ settings: { throttling: true } });
    // What made the organization has called too.
    await world.scheduler.runFor(60_000);
    const management = client(OrganizationsClient, 'management');
    const list = () => management.send(new ListAccountsCommand({}));
    for (let calls = 0; calls < 12; calls += 1) await list();
    await expect(list()).rejects.toMatchObject(refused);

    for (let calls = 0; calls < 2; calls += 1) await management.send(new ListRootsCommand({}));
    await expect(management.send(new ListRootsCommand({}))).rejects.toMatchObject(refused);
    await client(OrganizationsClient, 'tooling').send(new ListRootsCommand({}));
    for (let calls = 0; calls < 50; calls += 1)
      await management.send(new DescribeOrganizationCommand({}));

    await world.scheduler.runFor(1_000);
    for (let calls = 0; calls < 8; calls += 1) await list();
    await expect(list()).rejects.toMatchObject(refused);
  });
});
