import { accountsOf, type Started } from './started.ts';

/** What somebody needs who wants to use a running emulator. Access keys are those of each account's administrator. */
export function describeStart(started: Started, endpoint: string): object {
  const { world, organization, regions, stack } = started;
  return {
    endpoint,
    region: regions[0],
    regions,
    now: new Date(world.scheduler.now).toISOString(),
    organization: {
      id: organization.id,
      rootId: organization.rootId,
      units: Object.fromEntries(organization.unitIds),
    },
    accounts: accountsOf(started).map(({ id, name, adminCredentials }) => ({
      id,
      name,
      ou: unitPath(started, id),
      state: world.directory.get(id)?.state,
      accessKeyId: adminCredentials.accessKeyId,
      secretAccessKey: adminCredentials.secretAccessKey,
    })),
    ...(stack && { stack }),
  };
}

/** `/` for the root, `/workloads` for a unit below it. */
function unitPath({ world, organization }: Started, accountId: string): string {
  const names = new Map([...organization.unitIds].map(([path, id]) => [id, path]));
  const ids = (world.directory.get(accountId)?.organizationPath ?? '').split('/');
  return `/${names.get(ids.findLast((id) => id.startsWith('ou-')) ?? '') ?? ''}`;
}
