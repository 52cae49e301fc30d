import { CreateDefaultVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { accountsOf, type Started } from './started.ts';

/**
 * Gives every account its default VPC in each Region, as AWS does when somebody signs up; who made one already keeps it.
 *
 * Source: VPC User Guide, "Default VPCs".
 */
export async function giveDefaultVpcs(started: Started): Promise<void> {
  const { world } = started;
  for (const { id, admin } of accountsOf(started)) {
    if (world.directory.get(id)?.state !== 'ACTIVE') continue;
    for (const region of started.regions) {
      const as = { as: admin, account: id, region };
      const { Vpcs = [] } = await world.send(new DescribeVpcsCommand({}), as);
      if (!Vpcs.some(({ IsDefault }) => IsDefault))
        await world.send(new CreateDefaultVpcCommand({}), as);
    }
  }
}
