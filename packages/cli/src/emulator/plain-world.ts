import { createOrganization, createWorld } from '@golden/emulator';
import type { StartOptions } from '../read-command.ts';
import { offeredRegions } from '../size-limits.ts';
import { giveDefaultVpcs } from './default-vpcs.ts';
import type { Started } from './started.ts';

const units = ['workloads', 'batch'] as const;
/** What the accounts of a unit are called. */
const prefixes = { workloads: 'workload', batch: 'batch' } as const;

/**
 * An organization as a company has it that never heard of the product: nothing is delegated and nothing deployed. It begins at
 * the present moment, as clients compare when their credentials expire with the clock of this machine.
 */
export async function openPlain({ seed, accounts, regions }: StartOptions): Promise<Started> {
  const world = createWorld({ seed, startsAt: new Date().toISOString() });
  const numbers = Array.from({ length: accounts }, (_, index) => index);
  const organization = await createOrganization(world, {
    managementAccountName: 'management',
    accounts: [{ name: 'infra' }],
    units: units.map((unit, offset) => ({
      name: unit,
      accounts: numbers
        .filter((index) => index % units.length === offset)
        .map((index) => ({ name: `${prefixes[unit]}-${Math.floor(index / units.length) + 1}` })),
    })),
  });
  const started = { world, organization, regions: offeredRegions.slice(0, regions) };
  await giveDefaultVpcs(started);
  return started;
}
