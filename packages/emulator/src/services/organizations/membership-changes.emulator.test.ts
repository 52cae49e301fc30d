import { describe, expect, it } from '@jest/globals';
import {
  CloseAccountCommand,
  MoveAccountCommand,
  OrganizationsClient,
  RemoveAccountFromOrganizationCommand,
} from '@aws-sdk/client-organizations';
import {
  organizationFixture,
  type OrganizationFixture,
} from '../../../test/organization-fixture.ts';
import { membershipChanges, type MembershipChange } from './membership-changes.ts';

const dayMs = 24 * 3_600_000;

/** What is told about the account `a` from now on. */
async function following(): Promise<{
  fixture: OrganizationFixture;
  client: OrganizationsClient;
  told: MembershipChange[];
}> {
  const fixture = await organizationFixture({
    units: [{ name: 'workloads', accounts: [{ name: 'a' }], units: [{ name: 'prod' }] }],
  });
  const told: MembershipChange[] = [];
  membershipChanges.follow(fixture.world.scope('-', 'us-east-1', 'test'), (_, change) => {
    if (change.accountId === fixture.accountId('a')) told.push(change);
  });
  return { fixture, client: fixture.client(OrganizationsClient, 'management'), told };
}

describe('services that follow an organization', () => {
  it('are told where an account moves, and that it leaves', async () => {
    const { fixture, client, told } = await following();
    const AccountId = fixture.accountId('a');
    const [root, workloads, prod] = [
      fixture.unitId('root'),
      fixture.unitId('workloads'),
      fixture.unitId('workloads/prod'),
    ];
    await client.send(
      new MoveAccountCommand({
        AccountId,
        SourceParentId: workloads,
        DestinationParentId: prod,
      }),
    );
    await client.send(new RemoveAccountFromOrganizationCommand({ AccountId }));
    expect(told).toMatchObject([
      { kind: 'moved', from: [root, workloads], to: [root, workloads, prod] },
      { kind: 'left', from: [root, workloads, prod], to: [] },
    ]);
  });

  it('are told when an account is suspended, and when it is closed for good', async () => {
    const { fixture, client, told } = await following();
    await client.send(new CloseAccountCommand({ AccountId: fixture.accountId('a') }));
    await fixture.world.scheduler.runFor(dayMs);
    expect(told.map(({ kind }) => kind)).toEqual(['suspended']);
    await fixture.world.scheduler.runFor(90 * dayMs);
    expect(told.map(({ kind }) => kind)).toEqual(['suspended', 'closed', 'left']);
  });
});
