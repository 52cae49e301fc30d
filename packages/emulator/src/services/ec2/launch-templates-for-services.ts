import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { instanceProfileRole } from '../iam/instance-profile-role.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { isParameterImage } from './image-parameter.ts';
import { shownData } from './launch-template-data.ts';
import { mergeTemplate } from './launch-template-launch.ts';
import { requireTemplate, requireVersion, versionNumber } from './launch-template-lookup.ts';
import { imageLaunchChecks, runChecks } from './run-checks.ts';
import type { LaunchTemplate } from './state.ts';

export { findTemplate } from './launch-template-lookup.ts';

/** How a service's own input names a template and a version of it; `$Default` when the version is left out. */
export type TemplateReference = Pick<
  client.LaunchTemplateSpecification,
  'LaunchTemplateId' | 'LaunchTemplateName' | 'Version'
>;

/**
 * The number behind `$Latest`, `$Default` or a number's text, as of now.
 *
 * @throws AwsError InvalidLaunchTemplateId.VersionNotFound
 */
export const resolveVersion = (_: Scope, template: LaunchTemplate, version: string): number =>
  versionNumber(template, version);

/**
 * What a template says, without any check of who asks.
 *
 * @throws AwsError as DescribeLaunchTemplateVersions would
 */
export const templateData = (
  scope: Scope,
  reference: TemplateReference,
): client.ResponseLaunchTemplateData =>
  shownData(requireVersion(requireTemplate(scope, reference), reference.Version).data);

/**
 * What AWS checks of somebody who hands a launch template to a service that launches with it: the same as of a
 * launch of one's own.
 *
 * Source: EC2 Auto Scaling User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups".
 * @throws AwsError for a template or version that does not exist
 */
export function launchChecks(
  call: Call,
  reference: TemplateReference,
  overrides: {
    readonly InstanceType?: string | undefined;
    readonly SubnetId?: string | undefined;
  } = {},
): AccessCheck[] {
  const launch = {
    LaunchTemplate: reference,
    MinCount: 1,
    MaxCount: 1,
    ...(overrides.InstanceType === undefined
      ? {}
      : { InstanceType: overrides.InstanceType as client._InstanceType }),
    ...(overrides.SubnetId === undefined ? {} : { SubnetId: overrides.SubnetId }),
  };
  const merged = mergeTemplate(call, launch);
  const profile = merged.input.IamInstanceProfile;
  const found = profile && instanceProfileRole(call, { name: profile.Name, arn: profile.Arn });
  return [
    ...runChecks(call, launch),
    // The image of a parameter is known at launches only: until then every image may come.
    ...(isParameterImage(merged.input.ImageId)
      ? imageLaunchChecks(call, launch, { ...merged, imageId: '*' })
      : []),
    ...(found ? [passRoleCheck(call, found.role.arn, 'ec2.amazonaws.com')] : []),
  ];
}
