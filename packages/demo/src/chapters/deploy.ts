import { keepImageMessages } from '@golden/stage/image-archive.ts';
import { strays } from '../organization.ts';
import type { Scene } from '../scene.ts';

/** The platform team deploys one template; rollouts stay off until its first image has been looked at. */
export async function deploy({ org, tell }: Scene): Promise<void> {
  const { fleet, regions, workloads } = org;
  const { infra } = fleet;
  tell.chapter('1  Deploy');
  await org.strayEarly();
  await org.deploy({ Rollout: 'DISABLED' });
  tell.equal('the infra stack is created', (await infra.stack())?.StackStatus, 'CREATE_COMPLETE');
  await infra.confirmNotices();
  await keepImageMessages(infra);
  await org.strayLate();

  const at = await stackStatuses(org);
  const all = (status: string) => regions.toSorted().map((region) => `${region} ${status}`);
  tell.equal(
    `each of ${workloads.length} accounts has the workload stack in each of ${regions.length} Regions`,
    workloads.map((name) => at.get(name)),
    workloads.map(() => all('SUCCEEDED')),
  );
  tell.equal(
    'the suspended account is skipped',
    at.get(strays.suspended),
    all('SKIPPED_SUSPENDED_ACCOUNT'),
  );
  tell.equal(
    'where a role of that name is taken already the stack fails, and nowhere else',
    [...at]
      .filter(([, found]) => found.some((one) => one.endsWith('FAILED')))
      .map(([name]) => name),
    [strays.occupied],
  );
  tell.equal(
    'management, infra and the account outside of the units have none',
    ['management', 'infra', strays.outside].filter((name) => at.has(name)),
    [],
  );

  await org.settle();
  const sizes = await Promise.all(
    org.places.map(async (place) => (await fleet.groups(place)).size),
  );
  tell.say(
    `${sizes.reduce((sum, size) => sum + size, 0)} groups of customers run on the image of Amazon, in ${org.places.length} targets`,
  );
}

/** `<region> <status>` of each stack instance, by the name of its account. */
async function stackStatuses({
  fleet,
}: Scene['org']): Promise<ReadonlyMap<string, readonly string[]>> {
  const { organization } = fleet.infra;
  const names = new Map([...organization.accounts].map(([name, { id }]) => [id, name]));
  const instances = await fleet.stackInstances();
  const byAccount = Map.groupBy(
    instances,
    ({ Account = '' }) => names.get(Account) ?? 'management',
  );
  return new Map(
    [...byAccount].map(([name, found]) => [
      name,
      found
        .map(
          ({ Region = '', StackInstanceStatus: status }) =>
            `${Region} ${status?.DetailedStatus ?? ''}`,
        )
        .sort(),
    ]),
  );
}
