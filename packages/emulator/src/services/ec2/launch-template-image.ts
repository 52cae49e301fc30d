import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { imageOfParameter, isParameterImage } from './image-parameter.ts';
import { shownData } from './launch-template-data.ts';

/**
 * A version's data as it is shown, on wish with the image id in the place of the parameter that holds it.
 *
 * @throws AwsError when the caller cannot read the parameter
 * Source: EC2 API Reference, DescribeLaunchTemplateVersions, ResolveAlias.
 */
export async function withResolvedImage(
  call: Call,
  data: client.RequestLaunchTemplateData,
  isResolved: boolean,
): Promise<client.ResponseLaunchTemplateData> {
  const shown = shownData(data);
  return isResolved && isParameterImage(shown.ImageId)
    ? { ...shown, ImageId: await imageOfParameter(call, shown.ImageId) }
    : shown;
}
