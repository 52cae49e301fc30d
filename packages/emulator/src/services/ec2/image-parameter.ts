import { GetParametersCommand, type GetParametersCommandOutput } from '@aws-sdk/client-ssm';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { notModelled } from './errors.ts';

const prefix = 'resolve:ssm:';

/** Whether an image is named by a parameter instead of its id. */
export const isParameterImage = (imageId: string | undefined): imageId is `resolve:ssm:${string}` =>
  imageId?.startsWith(prefix) === true;

/** Name or ARN, and the version or label behind the last colon of a name. */
function parse(imageId: string): { readonly name: string; readonly selector: string | undefined } {
  const text = imageId.slice(prefix.length);
  const [, name, selector] = /^((?:arn:[^/]*)?[^:]+):([^:/]+)$/.exec(text) ?? [];
  return { name: name ?? text, selector };
}

/**
 * The image id that a parameter holds, read with the caller's own right `ssm:GetParameters`. Parameter Store here
 * keeps no earlier versions and no labels, so only the present version can be named.
 *
 * @param imageId `resolve:ssm:<name or ARN>`, with `:<version>`
 * @throws AwsError when the parameter cannot be read or is not there
 * Source: EC2 User Guide, "Reference AMIs using Systems Manager parameters".
 */
export async function imageOfParameter(call: Call, imageId: string): Promise<string> {
  const { name, selector } = parse(imageId);
  const { Parameters = [] } = await readParameter(call, name);
  const [parameter] = Parameters;
  if (parameter?.Value === undefined)
    throw new AwsError('InvalidParameterValue', `The parameter ${name} does not exist.`);
  if (selector !== undefined && selector !== String(parameter.Version))
    throw notModelled(`the version or label ${selector} of the parameter ${name}`);
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
