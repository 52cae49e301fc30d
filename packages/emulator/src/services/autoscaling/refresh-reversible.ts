import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { templateData } from '../ec2/launch-templates-for-services.ts';
import type { LaunchSource, TemplateReference } from './state.ts';

/** Every template that a source launches from, those of overrides too. */
export const templatesOf = (source: LaunchSource): readonly TemplateReference[] =>
  source.kind === 'configuration'
    ? []
    : [
        source.template,
        ...(source.kind === 'mixed'
          ? source.overrides.flatMap(({ template }) => (template ? [template] : []))
          : []),
      ];

/** What a template says now; undefined once it or its version is gone. */
export function dataOf(
  scope: Scope,
  { id, version }: TemplateReference,
): ResponseLaunchTemplateData | undefined {
  try {
    return templateData(scope, { LaunchTemplateId: id, Version: version });
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

/**
 * Why a group cannot go back to what it has saved: an alias instead of a number, or an image that a parameter names.
 *
 * Source: EC2 Auto Scaling User Guide, "Undo changes with a rollback", considerations.
 *
 * @returns a sentence; undefined when it can
 */
export function rollbackObstacle(scope: Scope, saved: LaunchSource): string | undefined {
  for (const template of templatesOf(saved)) {
    if (template.version === '$Latest' || template.version === '$Default')
      return `the Auto Scaling group uses version ${template.version} of the launch template ${template.id}. Set a specific version number and try again.`;
    if (dataOf(scope, template)?.ImageId?.startsWith('resolve:ssm:') === true)
      return `the launch template ${template.id} uses a Systems Manager parameter instead of an AMI ID.`;
  }
  return undefined;
}
