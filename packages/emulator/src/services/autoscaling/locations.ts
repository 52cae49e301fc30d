import type { Scope } from '../../world/scope.ts';
import { ec2State, type Subnet } from '../ec2/state.ts';
import type { Location } from './choose-instances.ts';
import type { Group } from './state.ts';

export const findSubnet = (scope: Scope, id: string): Subnet | undefined =>
  ec2State.in(scope).subnets.get(id);

/** Where a group can launch: its subnets that are still there, or its Availability Zones in the default VPC. */
export const locationsOf = (
  scope: Scope,
  { subnetIds, availabilityZones }: Pick<Group, 'subnetIds' | 'availabilityZones'>,
): readonly Location[] =>
  subnetIds.length === 0
    ? availabilityZones.map((availabilityZone) => ({ subnetId: undefined, availabilityZone }))
    : subnetIds.flatMap((id) => {
        const subnet = findSubnet(scope, id);
        return subnet ? [{ subnetId: subnet.id, availabilityZone: subnet.availabilityZone }] : [];
      });
