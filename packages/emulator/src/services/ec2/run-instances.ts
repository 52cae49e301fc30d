import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { describeInstance } from './describe-instances.ts';
import { invalidValue, refuseUnmodelled } from './errors.ts';
import { imageOfParameter, isParameterImage } from './image-parameter.ts';
import { launchInstances } from './launch-instances.ts';
import {
  launchTags,
  mergeTemplate,
  refuseUnmodelledData,
  type MergedLaunch,
} from './launch-template-launch.ts';
import { imageLaunchChecks, runChecks } from './run-checks.ts';
import { ec2State, type Instance } from './state.ts';
import { checkSpecifications } from './tags.ts';

const unmodelled = [
  'Ipv6AddressCount',
  'Ipv6Addresses',
  'KernelId',
  'RamdiskId',
  'SecurityGroups',
  'ElasticGpuSpecification',
  'ElasticInferenceAccelerators',
  'InstanceMarketOptions',
  'CpuOptions',
  'CapacityReservationSpecification',
  'HibernationOptions',
  'LicenseSpecifications',
  'EnclaveOptions',
  'PrivateDnsNameOptions',
  'MaintenanceOptions',
  'DisableApiStop',
  'EnablePrimaryIpv6',
  'NetworkPerformanceOptions',
  'Operator',
  'SecondaryInterfaces',
  'DisableApiTermination',
  'PrivateIpAddress',
  'AdditionalInfo',
];

const clientTokenLengthMax = 64; // EC2 API Reference, RunInstances, ClientToken

export const runInstances = operation<
  client.RunInstancesCommandInput,
  Partial<client.RunInstancesCommandOutput>
>({
  authorize: (input, call) => runChecks(call, input),
  async run(input, call) {
    refuseUnmodelled(input, unmodelled);
    if ((input.ClientToken?.length ?? 0) > clientTokenLengthMax)
      throw invalidValue(`a client token has at most ${clientTokenLengthMax} characters`);
    const request = JSON.stringify({ ...input, ClientToken: undefined });
    const known = replay(call, input.ClientToken, request);
    if (known) return answer(call, known);
    const merged = mergeTemplate(call, input);
    refuseUnmodelledData(merged);
    checkSpecifications(merged.input.TagSpecifications, ['instance', 'volume']);
    const launch = await withImage(call, input, merged);
    // A call with the same token may have come in while the image's parameter was read.
    const meanwhile = replay(call, input.ClientToken, request);
    if (meanwhile) return answer(call, meanwhile);
    const launched = launchInstances(call, launch, { awsTags: launchTags(merged) });
    if (input.ClientToken !== undefined)
      ec2State
        .in(call)
        .runTokens.set(input.ClientToken, { request, instanceIds: launched.map(({ id }) => id) });
    return answer(call, launched);
  },
});

/** What a call with the same client token launched before. */
function replay(call: Call, token: string | undefined, request: string): Instance[] | undefined {
  const { runTokens, instances } = ec2State.in(call);
  const known = token === undefined ? undefined : runTokens.get(token);
  if (known && known.request !== request)
    throw new AwsError(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  return known?.instanceIds.flatMap((id) => instances.get(id) ?? []);
}

/** The launch with an image id in the place of a parameter that holds one. */
async function withImage(
  call: Call,
  input: client.RunInstancesCommandInput,
  merged: MergedLaunch,
): Promise<client.RunInstancesCommandInput> {
  if (!isParameterImage(merged.input.ImageId)) return merged.input;
  const imageId = await imageOfParameter(call, merged.input.ImageId);
  for (const check of imageLaunchChecks(call, input, { ...merged, imageId })) call.require(check);
  return { ...merged.input, ImageId: imageId };
}

const answer = (
  call: Call,
  launched: readonly Instance[],
): Partial<client.RunInstancesCommandOutput> => ({
  ReservationId: launched[0]?.reservationId,
  OwnerId: call.account,
  Instances: launched.map((instance) => describeInstance(call, instance)),
});
