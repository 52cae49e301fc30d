import { allRegions } from '@golden/demo/size.ts';
import { units, workloadNames } from '@golden/demo/workload-names.ts';
import { createOrganization, createWorld } from '@golden/emulator';
import type { StartOptions } from '../read-command.ts';
import { giveDefaultVpcs } from './default-vpcs.ts';
import type { Started } from './started.ts';

/**
 * An organization as a company has it that never heard of the product: nothing is delegated and nothing deployed. It begins at
 * the present moment, as clients compare when their credentials expire with the clock of this machine.
 */
export async function openPlain({ seed, accounts, regions }: StartOptions): Promise<Started> {
  const world = createWorld({ seed, startsAt: new Date().toISOString() });
  const names = workloadNames(accounts);
  const organization = await createOrganization(world, {
    managementAccountName: 'management',
    accounts: [{ name: 'infra' }],
    units: units.map((unit) => ({
      name: unit,
      accounts: names.filter((one) => one.unit === unit).map(({ name }) => ({ name })),
    })),
  });
  const started = { world, organization, regions: allRegions.slice(0, regions) };
  await giveDefaultVpcs(started);
  return started;
}
