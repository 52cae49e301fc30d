import type { InstancesDistribution } from '@aws-sdk/client-auto-scaling';
import { validationError } from './errors.ts';

/** Source: EC2 Auto Scaling API Reference, InstancesDistribution, the defaults. */
const defaults: InstancesDistribution = {
  OnDemandAllocationStrategy: 'prioritized',
  OnDemandBaseCapacity: 0,
  OnDemandPercentageAboveBaseCapacity: 100,
  SpotAllocationStrategy: 'lowest-price',
  SpotInstancePools: 2,
};

/**
 * The whole distribution with AWS's defaults.
 *
 * @throws AwsError ValidationError for a share of Spot Instances, which are not modelled
 */
export function requireOnDemand(asked: InstancesDistribution): InstancesDistribution {
  const whole = { ...defaults, ...asked };
  if (whole.OnDemandPercentageAboveBaseCapacity !== 100)
    throw validationError(
      'Spot Instances are not modelled by this emulator: OnDemandPercentageAboveBaseCapacity must be 100',
    );
  if (whole.OnDemandAllocationStrategy !== 'prioritized')
    throw validationError(
      `OnDemandAllocationStrategy ${whole.OnDemandAllocationStrategy ?? ''} is not modelled by this emulator, only prioritized is`,
    );
  if (whole.DistributionSegments !== undefined)
    throw validationError('DistributionSegments is not modelled by this emulator');
  if (whole.SpotAllocationStrategy !== 'lowest-price') delete whole.SpotInstancePools;
  return whole;
}
