import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { ec2Arn } from './arns.ts';
import { invalidValue, missingParameter, refuseDryRun, refuseUnmodelled } from './errors.ts';
import { once, templateCheck } from './launch-template-calls.ts';
import { checkData } from './launch-template-data.ts';
import { describeTemplate } from './launch-template-description.ts';
import { findTemplate, requireTemplate, versionNumber } from './launch-template-lookup.ts';
import { checkVersionDescription, newVersion } from './launch-template-versions.ts';
import { ec2State, type LaunchTemplate } from './state.ts';
import {
  checkSpecifications,
  creationTagChecks,
  forgetTags,
  requestTagContext,
  setTags,
  specifiedTags,
} from './tags.ts';

const templatesPerRegionMax = 5_000; // EC2 User Guide, "Restrictions for Amazon EC2 launch templates"

export const createLaunchTemplate = operation<
  client.CreateLaunchTemplateCommandInput,
  Partial<client.CreateLaunchTemplateCommandOutput>
>({
  authorize(input, call) {
    const tags = specifiedTags(input.TagSpecifications, 'launch-template');
    const resource = ec2Arn(call, 'launch-template', '*');
    return [
      {
        action: 'ec2:CreateLaunchTemplate',
        resource,
        context: { 'ec2:Region': call.region, ...requestTagContext(tags) },
      },
      ...creationTagChecks(call, [{ resource, tags }]),
    ];
  },
  run: (input, call) => once(call, input, () => create(call, input)),
});

function create(
  call: Call,
  input: client.CreateLaunchTemplateCommandInput,
): Partial<client.CreateLaunchTemplateCommandOutput> {
  refuseUnmodelled(input, ['Operator']);
  checkSpecifications(input.TagSpecifications, ['launch-template']);
  const name = input.LaunchTemplateName ?? '';
  // EC2 API Reference, CreateLaunchTemplate, LaunchTemplateName
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name))
    throw new AwsError(
      'InvalidLaunchTemplateName.MalformedException',
      `The launch template name ${name} is not valid: 3 to 128 letters, numbers and the characters ( ) . - / _`,
    );
  checkVersionDescription(input.VersionDescription);
  const data = checkData(input.LaunchTemplateData);
  if (findTemplate(call, { name }))
    throw new AwsError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      `Launch template name already in use: ${name}`,
    );
  const { launchTemplates } = ec2State.in(call);
  if (launchTemplates.size >= templatesPerRegionMax)
    throw new AwsError(
      'LaunchTemplateLimitExceeded',
      `at most ${templatesPerRegionMax} launch templates can exist in a Region`,
    );
  refuseDryRun(input);
  const version = newVersion(call, { number: 1, description: input.VersionDescription, data });
  const template: LaunchTemplate = {
    id: call.newId('lt'),
    name,
    createdAt: version.createdAt,
    createdBy: version.createdBy,
    defaultVersion: 1,
    lastNumber: 1,
    versions: new Map([[1, version]]),
  };
  setTags(call, template.id, specifiedTags(input.TagSpecifications, 'launch-template'));
  launchTemplates.set(template.id, template);
  return { LaunchTemplate: describeTemplate(call, template) };
}

export const modifyLaunchTemplate = operation<
  client.ModifyLaunchTemplateCommandInput,
  Partial<client.ModifyLaunchTemplateCommandOutput>
>({
  authorize: (input, call) => templateCheck(call, 'ModifyLaunchTemplate', input),
  run: (input, call) =>
    once(call, input, () => {
      const template = requireTemplate(call, input);
      if (input.DefaultVersion === undefined) throw missingParameter('SetDefaultVersion');
      const number = versionNumber(template, input.DefaultVersion);
      refuseDryRun(input);
      template.defaultVersion = number;
      return { LaunchTemplate: describeTemplate(call, template) };
    }),
});

export const deleteLaunchTemplate = operation<
  client.DeleteLaunchTemplateCommandInput,
  Partial<client.DeleteLaunchTemplateCommandOutput>
>({
  authorize: (input, call) => templateCheck(call, 'DeleteLaunchTemplate', input),
  run(input, call) {
    const template = requireTemplate(call, input);
    refuseDryRun(input);
    const described = describeTemplate(call, template);
    ec2State.in(call).launchTemplates.delete(template.id);
    forgetTags(call, template.id);
    return { LaunchTemplate: described };
  },
});

const versionsPerDeletionMax = 200; // EC2 API Reference, DeleteLaunchTemplateVersions

/** Versions that cannot be deleted are told one by one; the others go. */
export const deleteLaunchTemplateVersions = operation<
  client.DeleteLaunchTemplateVersionsCommandInput,
  Partial<client.DeleteLaunchTemplateVersionsCommandOutput>
>({
  authorize: (input, call) => templateCheck(call, 'DeleteLaunchTemplateVersions', input),
  run(input, call) {
    const template = requireTemplate(call, input);
    const asked = input.Versions ?? [];
    if (asked.length === 0) throw missingParameter('LaunchTemplateVersion');
    if (asked.length > versionsPerDeletionMax)
      throw invalidValue(`at most ${versionsPerDeletionMax} versions can be deleted in one call`);
    refuseDryRun(input);
    const named = { LaunchTemplateId: template.id, LaunchTemplateName: template.name };
    const outcomes = asked.map((text) => ({
      item: { ...named, VersionNumber: Number(text) },
      error: deleteVersion(template, text),
    }));
    return {
      SuccessfullyDeletedLaunchTemplateVersions: outcomes
        .filter(({ error }) => error === undefined)
        .map(({ item }) => item),
      UnsuccessfullyDeletedLaunchTemplateVersions: outcomes.flatMap(({ item, error }) =>
        error === undefined ? [] : [{ ...item, ResponseError: error }],
      ),
    };
  },
});

/** @returns why the version is still there, undefined when it is gone. Source: EC2 API Reference, ResponseError. */
function deleteVersion(template: LaunchTemplate, text: string): client.ResponseError | undefined {
  if (!/^\d{1,15}$/.test(text))
    throw invalidValue(`Invalid launch template version: ${text}. Only numbers can be deleted.`);
  const number = Number(text);
  if (!template.versions.has(number))
    return {
      Code: 'launchTemplateVersionDoesNotExist',
      Message: `The specified launch template version ${number} does not exist.`,
    };
  if (number === template.defaultVersion)
    return {
      Code: 'unexpectedError',
      Message: `The version ${number} is the default version of the launch template and cannot be deleted.`,
    };
  template.versions.delete(number);
  return undefined;
}
