import type * as client from '@aws-sdk/client-ec2';
import type { Scope } from '../../world/scope.ts';
import { shownData } from './launch-template-data.ts';
import { latestVersion } from './launch-template-lookup.ts';
import type { LaunchTemplate, LaunchTemplateVersion } from './state.ts';
import { describeTags } from './tags.ts';

export const describeTemplate = (
  scope: Scope,
  template: LaunchTemplate,
): client.LaunchTemplate => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  CreateTime: template.createdAt,
  CreatedBy: template.createdBy,
  DefaultVersionNumber: template.defaultVersion,
  LatestVersionNumber: latestVersion(template),
  Tags: describeTags(scope, template.id),
});

/** @param data the version's data where it is shown with something in its place */
export const describeVersion = (
  template: LaunchTemplate,
  version: LaunchTemplateVersion,
  data: client.ResponseLaunchTemplateData = shownData(version.data),
): client.LaunchTemplateVersion => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  VersionNumber: version.number,
  VersionDescription: version.description,
  CreateTime: version.createdAt,
  CreatedBy: version.createdBy,
  DefaultVersion: version.number === template.defaultVersion,
  LaunchTemplateData: data,
});
