import { Organization } from '@golden/demo/organization.ts';
import type { StartOptions } from '../read-command.ts';
import { giveDefaultVpcs } from './default-vpcs.ts';
import type { Started } from './started.ts';
import { writeStaleTemplates } from './stale-templates.ts';

const payload = 'harden.sh';
/** Everything below takes less than this of virtual time; what is left of it passes at the end. */
const headStartMs = 12 * 3_600_000;

/**
 * The organization of the demo with the product in it: the infra stack and its StackSet are deployed, customers have their groups,
 * and one good image has been rolled out.
 *
 * @param say takes what happens, line by line
 */
export async function openDemo(
  { seed, accounts, regions }: StartOptions,
  say: (text: string) => void,
): Promise<Started> {
  writeStaleTemplates(say);
  const org = await Organization.open({
    seed,
    accounts,
    regions,
    startsAt: new Date(Date.now() - headStartMs).toISOString(),
  });
  const { stage, fleet } = org;
  const { infra, world } = fleet;
  await org.strayEarly();
  say(`deploying ${infra.stackName} and its StackSet`);
  await org.deploy();
  await infra.confirmNotices();
  await org.strayLate();
  say(`customers deploy their groups in ${accounts} accounts and ${regions} Regions`);
  await org.settle();
  say(`building ${payload} and rolling it out`);
  const { record } = await stage.ship(payload);
  say(`the rollout of ${record.version} is ${record.state}`);
  const started = {
    world,
    organization: infra.organization,
    regions: org.regions,
    stack: { name: infra.stackName, outputs: infra.outputs },
  };
  await giveDefaultVpcs(started);
  // Clients compare when their credentials expire with the clock of this machine.
  await world.scheduler.runFor(Math.max(0, Date.now() - world.scheduler.now));
  return started;
}
