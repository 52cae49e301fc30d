import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { invalidCombination, missingParameter } from './errors.ts';
import { ec2State, type LaunchTemplate, type LaunchTemplateVersion } from './state.ts';

// Source of the codes: EC2 API Reference, "Error codes"; messages as users report them.

export const templateIdNotFound = (id: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateId.NotFound',
    `The specified launch template, with template ID ${id}, does not exist.`,
  );

export const templateNameNotFound = (name: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );

export const versionNotFound = (version: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template.`,
  );

/** How inputs name a launch template; EC2 wants exactly one of the two. */
export interface TemplateName {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

export const isTemplateId = (id: string): boolean => /^lt-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id);

/** A launch template of the scope's account and Region, by its id or else its name. */
export function findTemplate(
  scope: Scope,
  named: { readonly id?: string | undefined; readonly name?: string | undefined },
): LaunchTemplate | undefined {
  const { launchTemplates } = ec2State.in(scope);
  if (named.id !== undefined) return launchTemplates.get(named.id);
  return [...launchTemplates.values()].find(({ name }) => name === named.name);
}

/** @throws AwsError for id and name together, for none, and for a template that does not exist here */
export function requireTemplate(scope: Scope, named: TemplateName): LaunchTemplate {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = named;
  if (id !== undefined && name !== undefined)
    throw invalidCombination(
      'The parameters launchTemplateId and launchTemplateName cannot be used together. Specify one of them.',
    );
  if (id === undefined && name === undefined)
    throw missingParameter('launchTemplateId or launchTemplateName');
  if (id !== undefined && !isTemplateId(id))
    throw new AwsError('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}"`);
  const template = findTemplate(scope, { id, name });
  if (template) return template;
  throw id === undefined ? templateNameNotFound(name ?? '') : templateIdNotFound(id);
}

/** The highest number that is still there; the default version cannot be deleted, so there always is one. */
export const latestVersion = (template: LaunchTemplate): number =>
  Math.max(...template.versions.keys());

/**
 * The number behind `$Latest`, `$Default` or a number's text.
 *
 * @throws AwsError InvalidLaunchTemplateId.VersionNotFound, InvalidParameterValue for other text
 */
export function versionNumber(template: LaunchTemplate, version: string): number {
  if (version === '$Latest') return latestVersion(template);
  if (version === '$Default') return template.defaultVersion;
  if (!/^\d{1,15}$/.test(version))
    throw new AwsError(
      'InvalidParameterValue',
      `The specified version ${version} is not a number, $Latest or $Default.`,
    );
  const number = Number(version);
  if (!template.versions.has(number)) throw versionNotFound(version);
  return number;
}

/** @throws AwsError for a version that the template does not have; without a version the default one */
export function requireVersion(
  template: LaunchTemplate,
  version = '$Default',
): LaunchTemplateVersion {
  const found = template.versions.get(versionNumber(template, version));
  if (!found) throw versionNotFound(version);
  return found;
}
