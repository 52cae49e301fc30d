import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import type * as client from '@aws-sdk/client-imagebuilder';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { parseArn, requireArn } from './arns.ts';
import { findComponent } from './components.ts';
import {
  invalidCombination,
  invalidValue,
  notFound,
  notModelled,
  quotaExceeded,
} from './errors.ts';
import type { StoredComponent } from './state.ts';

const componentsPerRecipeMax = 20; // Image Builder quotas, components per image recipe
const parametersPerComponentMax = 25; // Image Builder quotas, parameters per component
const parameterValueLengthMax = 1_024; // Image Builder API Reference, ComponentParameterValue

export function checkInstanceConfiguration(
  configuration: client.AdditionalInstanceConfiguration | undefined,
): void {
  if (configuration?.userDataOverride !== undefined)
    throw notModelled('the parameter userDataOverride');
  if (configuration?.systemsManagerAgent?.uninstallAfterBuild === true)
    throw notModelled('the parameter systemsManagerAgent.uninstallAfterBuild');
}

export function checkMappings(mappings: readonly client.InstanceBlockDeviceMapping[]): void {
  for (const { ebs, virtualName, noDevice, deviceName } of mappings) {
    if (virtualName !== undefined)
      throw notModelled('the parameter blockDeviceMappings.virtualName');
    if (noDevice !== undefined) throw notModelled('the parameter blockDeviceMappings.noDevice');
    if (ebs?.snapshotId !== undefined)
      throw notModelled('the parameter blockDeviceMappings.ebs.snapshotId');
    if (deviceName === undefined)
      throw invalidValue('blockDeviceMappings', 'A mapping must have a deviceName.');
    if (ebs?.kmsKeyId !== undefined && ebs.encrypted !== true)
      throw invalidCombination('blockDeviceMappings', 'A kmsKeyId needs encrypted to be true.');
  }
}

export function checkComponents(
  call: Call,
  components: readonly client.ComponentConfiguration[],
): readonly client.ComponentConfiguration[] {
  if (components.length > componentsPerRecipeMax)
    throw quotaExceeded('components per image recipe', componentsPerRecipeMax);
  components.forEach((configuration, index) => {
    const arn = requireArn(
      `components[${index}].componentArn`,
      configuration.componentArn,
      'component',
    );
    const component = findComponent(call, arn);
    if (!component) throw notFound('component', configuration.componentArn ?? '');
    checkParameters(component, configuration.parameters ?? [], index);
  });
  return components;
}

/** Source of the message for parameters that are not defined: aws-ia/terraform-aws-ec2-image-builder#106. */
function checkParameters(
  component: StoredComponent,
  parameters: readonly client.ComponentParameter[],
  index: number,
): void {
  const where = `components[${index}].parameters`;
  if (parameters.length > parametersPerComponentMax)
    throw quotaExceeded('parameters per component', parametersPerComponentMax);
  const defined = component.document.parameters;
  const unknown = parameters.filter(
    ({ name }) => !defined.some((parameter) => parameter.name === name),
  );
  if (unknown.length > 0)
    throw invalidCombination(
      where,
      `The following parameters are not defined in the provided component: ${unknown.map(({ name }) => name).join(', ')}`,
    );
  const missing = defined.filter(
    (parameter) =>
      parameter.default === undefined && !parameters.some(({ name }) => name === parameter.name),
  );
  if (missing.length > 0)
    throw invalidCombination(
      where,
      `The following parameters are required by the provided component: ${missing.map(({ name }) => name).join(', ')}`,
    );
  for (const { name, value = [] } of parameters) {
    const [text = ''] = value;
    const allowed = defined.find((parameter) => parameter.name === name)?.allowedValues;
    if (value.length !== 1 || text === '' || text.length > parameterValueLengthMax)
      throw invalidValue(
        where,
        `The parameter ${name ?? ''} must have one value of 1 to ${parameterValueLengthMax} characters.`,
      );
    if (allowed && !allowed.includes(text))
      throw invalidValue(where, `The parameter ${name ?? ''} allows only ${allowed.join(', ')}.`);
  }
}

/**
 * The forms of a parent image; an AMI must be there for the caller. What an SSM parameter or an image ARN means is
 * looked up when a build starts.
 */
export async function checkParent(call: Call, parent: string): Promise<void> {
  if (parent.startsWith('ssm:') && parent.length > 'ssm:'.length) return;
  if (parseArn(parent)?.type === 'image') return;
  if (!parent.startsWith('ami-'))
    throw invalidValue(
      'parentImage',
      `'${parent}' is none of an AMI id, an image ARN and ssm:<parameter>.`,
    );
  try {
    await call.send(new DescribeImagesCommand({ ImageIds: [parent] }), {
      as: call.caller,
      via: [...call.via, 'imagebuilder.amazonaws.com'],
    });
  } catch (error) {
    if (isAwsError(error, 'UnauthorizedOperation'))
      throw new AwsError('AccessDeniedException', error.message, { status: 403, cause: error });
    if (isAwsError(error)) throw invalidValue('parentImage', error.message);
    throw error;
  }
}
