import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import {
  invalidCombination,
  invalidValue,
  missingParameter,
  refuseDryRun,
  refuseUnmodelled,
} from './errors.ts';
import { filterItems, yesNo, type FilterTable } from './filters.ts';
import { describeTemplate, describeVersion } from './launch-template-description.ts';
import { withResolvedImage } from './launch-template-image.ts';
import { latestVersion, requireTemplate, requireVersion } from './launch-template-lookup.ts';
import { ec2State, type LaunchTemplate, type LaunchTemplateVersion } from './state.ts';

const pageSizeMax = 200; // EC2 API Reference, DescribeLaunchTemplates and DescribeLaunchTemplateVersions, MaxResults: 1 to 200

function checkPageSize(size: number | undefined): void {
  if (size !== undefined && (size < 1 || size > pageSizeMax))
    throw invalidValue(`Value (${size}) for parameter maxResults is invalid: 1 to ${pageSizeMax}`);
}

export const describeLaunchTemplates = operation<
  client.DescribeLaunchTemplatesCommandInput,
  Partial<client.DescribeLaunchTemplatesCommandOutput>
>({
  // DescribeLaunchTemplates has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeLaunchTemplates', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, ['IncludeManagedResources']);
    checkPageSize(input.MaxResults);
    const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input;
    if (ids.length > 0 && names.length > 0)
      throw invalidCombination(
        'The parameters launchTemplateIds and launchTemplateNames cannot be used together',
      );
    const asked = [
      ...ids.map((id) => requireTemplate(call, { LaunchTemplateId: id })),
      ...names.map((name) => requireTemplate(call, { LaunchTemplateName: name })),
    ];
    const candidates = asked.length > 0 ? asked : ec2State.in(call).launchTemplates.values();
    const found = filterItems(call, new Set(candidates), input.Filters, templateFilters);
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      LaunchTemplates: page.items.map((template) => describeTemplate(call, template)),
      NextToken: page.nextToken,
    };
  },
});

const templateFilters: FilterTable<LaunchTemplate> = {
  idOf: ({ id }) => id,
  values: {
    'create-time': ({ createdAt }) => [createdAt.toISOString()],
    'launch-template-name': ({ name }) => [name],
  },
};

interface Found {
  readonly template: LaunchTemplate;
  readonly version: LaunchTemplateVersion;
}

export const describeLaunchTemplateVersions = operation<
  client.DescribeLaunchTemplateVersionsCommandInput,
  Partial<client.DescribeLaunchTemplateVersionsCommandOutput>
>({
  // DescribeLaunchTemplateVersions has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeLaunchTemplateVersions', resource: '*' }),
  async run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, ['IncludeManagedResources']);
    checkPageSize(input.MaxResults);
    const isOfOne = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
    const candidates = isOfOne ? versionsOfOne(call, input) : versionsOfAll(call, input);
    const found = filterItems(call, candidates, input.Filters, versionFilters);
    const page = paginate(call, found, {
      keyOf: ({ template, version }) => `${template.id}/${newestFirst(version.number)}`,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    const described: client.LaunchTemplateVersion[] = [];
    for (const { template, version } of page.items) {
      const data = await withResolvedImage(call, version.data, input.ResolveAlias === true);
      described.push(describeVersion(template, version, data));
    }
    return { LaunchTemplateVersions: described, NextToken: page.nextToken };
  },
});

/** Versions come in the order in which the examples of the API reference show them, the newest first. */
const newestFirst = (version: number): string => numericKey(Number.MAX_SAFE_INTEGER - version);

function versionsOfOne(
  call: Call,
  input: client.DescribeLaunchTemplateVersionsCommandInput,
): Found[] {
  const template = requireTemplate(call, input);
  const asked = input.Versions ?? [];
  if (asked.length > 0 && (input.MinVersion !== undefined || input.MaxVersion !== undefined))
    throw invalidCombination('Versions cannot be used with MinVersion and MaxVersion');
  const versions =
    asked.length > 0
      ? new Set(asked.map((text) => requireVersion(template, text)))
      : [...template.versions.values()].filter(
          ({ number }) =>
            number >= limitOf(input.MinVersion, 1) &&
            number <= limitOf(input.MaxVersion, latestVersion(template)),
        );
  return [...versions].map((version) => ({ template, version }));
}

function limitOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw invalidValue(`Invalid launch template version: ${text}`);
  return Number(text);
}

/** Source: EC2 API Reference, DescribeLaunchTemplateVersions, Versions: without a template only `$Latest` and `$Default`. */
function versionsOfAll(
  call: Call,
  input: client.DescribeLaunchTemplateVersionsCommandInput,
): Found[] {
  const asked = input.Versions ?? [];
  if (asked.length === 0)
    throw missingParameter('launchTemplateId, launchTemplateName or versions');
  for (const text of asked)
    if (text !== '$Latest' && text !== '$Default')
      throw invalidValue(
        `The version ${text} needs a launch template: without one only $Latest and $Default can be asked for`,
      );
  return [...ec2State.in(call).launchTemplates.values()].flatMap((template) =>
    [...new Set(asked.map((text) => requireVersion(template, text)))].map((version) => ({
      template,
      version,
    })),
  );
}

const versionFilters: FilterTable<Found> = {
  values: {
    'create-time': ({ version }) => [version.createdAt.toISOString()],
    'ebs-optimized': ({ version: { data } }) =>
      data.EbsOptimized === undefined ? [] : [yesNo(data.EbsOptimized)],
    'http-tokens': ({ version: { data } }) => [data.MetadataOptions?.HttpTokens],
    'iam-instance-profile': ({ version: { data } }) => [data.IamInstanceProfile?.Arn],
    'image-id': ({ version: { data } }) => [data.ImageId],
    'instance-type': ({ version: { data } }) => [data.InstanceType],
    'is-default-version': ({ template, version }) => [
      yesNo(version.number === template.defaultVersion),
    ],
  },
};
