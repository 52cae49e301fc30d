import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { clientFor } from '../src/accounts/client-for.ts';
import type { StandaloneAccount } from '../src/accounts/create-account.ts';
import { createOrganization } from '../src/accounts/create-organization.ts';
import { World } from '../src/world/world.ts';
import { identityPolicies } from '../src/services/iam/identity-policies.ts';
import { iam } from '../src/services/iam/operations.ts';
import { sts } from '../src/services/sts/operations.ts';
import { organizations } from '../src/services/organizations/operations.ts';

export const aWorld = (settings = {}): World =>
  new World({
    settings: { pageSizeMax: 2, throttling: false, ...settings },
    services: [iam, sts, organizations],
    identityPolicies,
  });

export const clientOf = (world: World, account: StandaloneAccount): OrganizationsClient =>
  clientFor(world, OrganizationsClient, { credentials: account.adminCredentials });

/** Management, two accounts in `workloads/prod`, one below the root. */
export async function setUp(settings = {}) {
  const world = aWorld(settings);
  const organization = await createOrganization(world, {
    managementAccountName: 'management',
    accounts: [{ name: 'infra' }],
    units: [
      { name: 'workloads', units: [{ name: 'prod', accounts: [{ name: 'a' }, { name: 'b' }] }] },
    ],
  });
  const account = (name: string): StandaloneAccount => {
    const found = organization.accounts.get(name);
    if (!found) throw new TypeError(`there is no account ${name}`);
    return found;
  };
  return {
    world,
    organization,
    account,
    management: clientOf(world, organization.management),
    client: (name: string) => clientOf(world, account(name)),
  };
}
