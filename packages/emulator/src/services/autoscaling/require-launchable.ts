import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { unusableTemplate, validationError } from './errors.ts';
import { launchRequest } from './launch-request.ts';
import { locationsOf } from './locations.ts';
import { viaAutoScaling } from './service-role.ts';
import type { Group, LaunchSource } from './state.ts';

/**
 * Tries with the caller's rights whether EC2 would launch from a source, as AWS does before it saves one on a group.
 *
 * @throws AwsError ValidationError with EC2's reason: an image that is not there, a missing type, a wrong architecture
 * Source: EC2 Auto Scaling User Guide, "Troubleshoot: launch templates": "You must use a valid fully-formed launch
 * template", with the reasons that users report.
 */
export async function requireLaunchable(
  call: Call,
  group: Pick<Group, 'name' | 'subnetIds' | 'availabilityZones'>,
  source: LaunchSource,
): Promise<void> {
  if (source.kind === 'configuration') return;
  const [location] = locationsOf(call, group);
  const requests = launchRequest(call, group, source);
  if (requests.length === 0)
    throw validationError('No instance types match the attributes of the group.');
  let refusal: string | undefined;
  for (const { input } of requests) {
    try {
      await call.send(
        new RunInstancesCommand({
          ...input,
          MinCount: 1,
          MaxCount: 1,
          DryRun: true,
          ...(location?.subnetId === undefined
            ? { Placement: { AvailabilityZone: location?.availabilityZone } }
            : { SubnetId: location.subnetId }),
        }),
        { as: call.caller, via: [...call.via, ...viaAutoScaling] },
      );
    } catch (error) {
      if (!isAwsError(error)) throw error;
      if (error.code === 'DryRunOperation') return;
      if (error.code === 'UnauthorizedOperation')
        throw new AwsError(
          'AccessDenied',
          `You are not authorized to use launch template: ${input.LaunchTemplate?.LaunchTemplateId ?? ''}`,
          { status: 403 },
        );
      refusal ??= error.message;
    }
  }
  throw unusableTemplate(refusal ?? '');
}
