import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { invalidValue, refuseDryRun } from './errors.ts';
import { once, templateCheck } from './launch-template-calls.ts';
import { checkData, inheritData } from './launch-template-data.ts';
import { describeVersion } from './launch-template-description.ts';
import { requireTemplate, requireVersion } from './launch-template-lookup.ts';
import { withResolvedImage } from './launch-template-image.ts';
import type { LaunchTemplate, LaunchTemplateVersion } from './state.ts';

const versionsPerTemplateMax = 10_000; // EC2 User Guide, "Restrictions for Amazon EC2 launch templates"
const descriptionLengthMax = 255; // EC2 API Reference, CreateLaunchTemplateVersion, VersionDescription

export const createLaunchTemplateVersion = operation<
  client.CreateLaunchTemplateVersionCommandInput,
  Partial<client.CreateLaunchTemplateVersionCommandOutput>
>({
  authorize: (input, call) => templateCheck(call, 'CreateLaunchTemplateVersion', input),
  async run(input, call) {
    const made = once(call, input, () => create(call, input));
    return {
      LaunchTemplateVersion: describeVersion(
        made.template,
        made.version,
        await withResolvedImage(call, made.version.data, input.ResolveAlias === true),
      ),
    };
  },
});

function create(
  call: Call,
  input: client.CreateLaunchTemplateVersionCommandInput,
): { readonly template: LaunchTemplate; readonly version: LaunchTemplateVersion } {
  const template = requireTemplate(call, input);
  checkVersionDescription(input.VersionDescription);
  const source =
    input.SourceVersion === undefined
      ? undefined
      : requireVersion(template, input.SourceVersion).data;
  const data = checkData(inheritData(source, checkData(input.LaunchTemplateData)));
  if (template.versions.size >= versionsPerTemplateMax)
    throw new AwsError(
      'VersionLimitExceeded',
      `at most ${versionsPerTemplateMax} versions of a launch template can exist`,
    );
  refuseDryRun(input);
  template.lastNumber += 1;
  const version = newVersion(call, {
    number: template.lastNumber,
    description: input.VersionDescription,
    data,
  });
  template.versions.set(version.number, version);
  return { template, version };
}

export const newVersion = (
  call: Call,
  options: Pick<LaunchTemplateVersion, 'number' | 'description' | 'data'>,
): LaunchTemplateVersion => ({
  ...options,
  createdAt: call.date,
  createdBy: call.caller.kind === 'service' ? call.caller.service : call.caller.arn,
});

export function checkVersionDescription(description: string | undefined): void {
  if (description !== undefined && description.length > descriptionLengthMax)
    throw invalidValue(`a version description has at most ${descriptionLengthMax} characters`);
}
