import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { launchOptions, type LaunchOption } from './launch-options.ts';
import { numberOf } from './launch-source.ts';
import {
  autoScalingState,
  type Group,
  type LaunchConfiguration,
  type LaunchSource,
  type TemplateReference,
} from './state.ts';

/** What RunInstances gets besides numbers, place and tags, and what the instance will be known as launched from. */
export interface LaunchRequest {
  readonly input: Partial<RunInstancesCommandInput>;
  readonly launchedFrom: TemplateReference | undefined;
  readonly launchConfiguration: string | undefined;
}

/**
 * The requests for one instance, in the order in which they are tried; aliases become numbers here.
 *
 * @throws AwsError when template, version or launch configuration are gone
 */
export function launchRequest(
  scope: Scope,
  group: Pick<Group, 'name'>,
  source: LaunchSource,
): readonly LaunchRequest[] {
  if (source.kind !== 'configuration')
    return launchOptions(source).map((option) => fromTemplate(scope, option));
  const found = autoScalingState.in(scope).launchConfigurations.get(source.name);
  if (!found)
    throw new AwsError(
      'ValidationError',
      `Launch configuration ${source.name} of group ${group.name} does not exist.`,
    );
  return [fromConfiguration(found)];
}

function fromTemplate(scope: Scope, option: LaunchOption): LaunchRequest {
  const { template } = option;
  const number = numberOf(scope, template);
  if (number === undefined)
    throw new AwsError(
      'InvalidLaunchTemplateId.VersionNotFound',
      `You must use a valid fully-formed launch template. Could not find the specified version ${template.version} for the launch template with ID ${template.id}.`,
    );
  const version = String(number);
  return {
    input: {
      LaunchTemplate: { LaunchTemplateId: template.id, Version: version },
      ...(option.instanceType === undefined
        ? {}
        : {
            InstanceType: option.instanceType as NonNullable<
              RunInstancesCommandInput['InstanceType']
            >,
          }),
      ...(option.imageId === undefined ? {} : { ImageId: option.imageId }),
    },
    launchedFrom: { ...template, version },
    launchConfiguration: undefined,
  };
}

const fromConfiguration = (configuration: LaunchConfiguration): LaunchRequest => ({
  input: {
    ImageId: configuration.imageId,
    InstanceType: configuration.instanceType as NonNullable<
      RunInstancesCommandInput['InstanceType']
    >,
    SecurityGroupIds: [...configuration.securityGroupIds],
    UserData: configuration.userData,
    KeyName: configuration.keyName,
    IamInstanceProfile:
      configuration.instanceProfile === undefined
        ? undefined
        : configuration.instanceProfile.startsWith('arn:')
          ? { Arn: configuration.instanceProfile }
          : { Name: configuration.instanceProfile },
  },
  launchedFrom: undefined,
  launchConfiguration: configuration.name,
});
