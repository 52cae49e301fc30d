import type { Properties } from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';

/**
 * A group in a template says which version of a launch template it launches: CloudFormation takes neither none nor
 * `$Latest` or `$Default`, which the API takes. `Fn::GetAtt` of `LatestVersionNumber` is a number.
 *
 * Source: CloudFormation Template Reference, AWS::AutoScaling::AutoScalingGroup LaunchTemplateSpecification, Version;
 * the message is the one users report.
 *
 * @throws PropertyError, AwsError InvalidRequest
 */
export function requireNumberedVersions(properties: Properties): void {
  checkVersion('LaunchTemplate', properties['LaunchTemplate']);
  const policy = memberOf(properties['MixedInstancesPolicy'], 'LaunchTemplate');
  const base = memberOf(policy, 'LaunchTemplateSpecification');
  checkVersion('MixedInstancesPolicy/LaunchTemplate/LaunchTemplateSpecification', base);
  const overrides = memberOf(policy, 'Overrides');
  for (const [index, override] of (Array.isArray(overrides) ? overrides : []).entries())
    checkVersion(
      `MixedInstancesPolicy/LaunchTemplate/Overrides/${index}/LaunchTemplateSpecification`,
      memberOf(override, 'LaunchTemplateSpecification'),
    );
}

const memberOf = (value: unknown, name: string): unknown =>
  isRecord(value) ? value[name] : undefined;

function checkVersion(path: string, specification: unknown): void {
  if (!isRecord(specification)) return;
  const version = specification['Version'];
  if (version === undefined) throw new PropertyError(path, 'required key [Version] not found');
  if (version === '$Latest' || version === '$Default')
    throw new AwsError(
      'InvalidRequest',
      'CloudFormation does not support using $Latest or $Default for LaunchTemplate version. Please specify a version number or name.',
    );
}
