import { GetParametersCommand, type GetParametersCommandOutput } from '@aws-sdk/client-ssm';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';

const prefix = 'resolve:ssm:';

/** Whether an image is named by a parameter instead of its id. */
export const isParameterImage = (imageId: string | undefined): imageId is `resolve:ssm:${string}` =>
  imageId?.startsWith(prefix) === true;

/**
 * The image id that a parameter holds, read with the caller's own right `ssm:GetParameters`.
 *
 * @param imageId `resolve:ssm:<name or ARN>`, with `:<version>`
 * @throws AwsError when the parameter cannot be read or is not there
 * Source: EC2 User Guide, "Reference AMIs using Systems Manager parameters".
 */
export async function imageOfParameter(call: Call, imageId: string): Promise<string> {
  const name = imageId.slice(prefix.length);
  const { Parameters = [] } = await readParameter(call, name);
  const [parameter] = Parameters;
  if (parameter?.Value === undefined)
    throw new AwsError('InvalidParameterValue', `The parameter ${name} does not exist.`);
  return parameter.Value;
}

async function readParameter(call: Call, name: string): Promise<GetParametersCommandOutput> {
  try {
    return await call.send(new GetParametersCommand({ Names: [name] }), {
      as: call.caller,
      via: [...call.via, 'ec2.amazonaws.com'],
    });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new AwsError(
      error.code === 'AccessDeniedException' ? 'UnauthorizedOperation' : 'InvalidParameterValue',
      `The parameter ${name} cannot be read: ${error.message}`,
      { cause: error, ...(error.code === 'AccessDeniedException' ? { status: 403 } : {}) },
    );
  }
}
