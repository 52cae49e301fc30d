import type * as client from '@aws-sdk/client-imagebuilder';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { parseOrganizationArn } from '../ec2/images.ts';
import { regions } from '../ec2/regions.ts';
import { createChecks, listCheck, resourceCheck } from './access.ts';
import { requireArn, resourceArn } from './arns.ts';
import { once } from './client-token.ts';
import {
  alreadyExists,
  hasDependents,
  invalidValue,
  notFound,
  notModelled,
  quotaExceeded,
} from './errors.ts';
import { filterItems, listPage } from './listing.ts';
import { imageBuilderState, type StoredDistribution } from './state.ts';
import { newTags, tagMap } from './tags.ts';

const configurationsMax = 1_000; // Image Builder quotas, distribution configurations per Region
const organizationsMax = 25; // the same, OrganizationArnList and OrganizationalUnitArnList
/** Image Builder's answers carry it; nothing sets it. Source: API Reference, DistributionConfiguration. */
const timeoutMinutes = 720;

const arnOf = (call: Call, name: string | undefined): string =>
  resourceArn(call, { type: 'distribution-configuration', name: name ?? '' });

export const createDistributionConfiguration = operation<
  client.CreateDistributionConfigurationCommandInput,
  Partial<client.CreateDistributionConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    createChecks('CreateDistributionConfiguration', arnOf(call, input.name), input.tags),
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const name = input.name ?? '';
      const arn = arnOf(call, name);
      const { distributions } = imageBuilderState.in(call);
      if (distributions.has(arn)) throw alreadyExists('DistributionConfiguration', arn);
      if (distributions.size >= configurationsMax)
        throw quotaExceeded('distribution configurations', configurationsMax);
      distributions.set(arn, {
        arn,
        name,
        createdAt: call.date,
        updatedAt: undefined,
        description: input.description,
        distributions: checkDistributions(input.distributions ?? []),
        tags: newTags(call, input.tags),
      });
      return { requestId: call.requestId, clientToken, distributionConfigurationArn: arn };
    }),
});

export const updateDistributionConfiguration = operation<
  client.UpdateDistributionConfigurationCommandInput,
  Partial<client.UpdateDistributionConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'UpdateDistributionConfiguration', input.distributionConfigurationArn),
  run: (input, call) =>
    once(call, input, (clientToken) => {
      const configuration = requireDistribution(call, input.distributionConfigurationArn);
      configuration.distributions = checkDistributions(input.distributions ?? []);
      configuration.description = input.description;
      configuration.updatedAt = call.date;
      return {
        requestId: call.requestId,
        clientToken,
        distributionConfigurationArn: configuration.arn,
      };
    }),
});

const unmodelled = [
  'containerDistributionConfiguration',
  'licenseConfigurationArns',
  'launchTemplateConfigurations',
  's3ExportConfiguration',
  'fastLaunchConfigurations',
  'ssmParameterConfigurations',
];

function checkDistributions(
  distributions: readonly client.Distribution[],
): readonly client.Distribution[] {
  const seen = new Set<string>();
  for (const distribution of distributions) {
    const region = distribution.region ?? '';
    if (!regions.some(({ name }) => name === region))
      throw invalidValue('distributions', `'${region}' is not a Region.`);
    if (seen.has(region))
      throw invalidValue('distributions', `The Region '${region}' is named twice.`);
    seen.add(region);
    for (const [key, value] of Object.entries(distribution))
      if (unmodelled.includes(key) && value !== undefined)
        throw notModelled(`the parameter ${key}`);
    if (distribution.amiDistributionConfiguration)
      checkAmi(distribution.amiDistributionConfiguration);
  }
  return distributions;
}

function checkAmi(ami: client.AmiDistributionConfiguration): void {
  if (ami.targetAccountIds !== undefined) throw notModelled('the parameter targetAccountIds');
  const permission = ami.launchPermission;
  for (const [key, isUnit] of [
    ['organizationArns', false],
    ['organizationalUnitArns', true],
  ] as const) {
    const arns = permission?.[key] ?? [];
    if (arns.length > organizationsMax)
      throw invalidValue(`launchPermission.${key}`, `There are at most ${organizationsMax}.`);
    for (const arn of arns) {
      const parsed = parseOrganizationArn(arn);
      if (!parsed || (parsed.unit !== undefined) !== isUnit)
        throw invalidValue(`launchPermission.${key}`, `'${arn}' is not such an ARN.`);
    }
  }
}

export function requireDistribution(call: Call, arn: string | undefined): StoredDistribution {
  requireArn('distributionConfigurationArn', arn, 'distribution-configuration');
  const found = imageBuilderState.in(call).distributions.get(arn ?? '');
  if (!found) throw notFound('distribution configuration', arn ?? '');
  return found;
}

export const getDistributionConfiguration = operation<
  client.GetDistributionConfigurationCommandInput,
  Partial<client.GetDistributionConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'GetDistributionConfiguration', input.distributionConfigurationArn),
  run: (input, call) => ({
    requestId: call.requestId,
    distributionConfiguration: describeDistribution(
      requireDistribution(call, input.distributionConfigurationArn),
    ),
  }),
});

export const describeDistribution = (item: {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt?: Date | undefined;
  readonly description?: string | undefined;
  readonly distributions: readonly client.Distribution[];
  readonly tags: ReadonlyMap<string, string>;
}): client.DistributionConfiguration => ({
  arn: item.arn,
  name: item.name,
  description: item.description,
  distributions: [...item.distributions],
  timeoutMinutes,
  dateCreated: item.createdAt.toISOString(),
  dateUpdated: item.updatedAt?.toISOString(),
  tags: Object.fromEntries(item.tags),
});

export const listDistributionConfigurations = operation<
  client.ListDistributionConfigurationsCommandInput,
  Partial<client.ListDistributionConfigurationsCommandOutput>
>({
  authorize: () => listCheck('ListDistributionConfigurations'),
  run(input, call) {
    const found = filterItems(
      [...imageBuilderState.in(call).distributions.values()],
      input.filters,
      { name: ({ name }) => [name] },
    );
    const page = listPage(call, input, found, ({ arn }) => arn);
    return {
      requestId: call.requestId,
      distributionConfigurationSummaryList: page.items.map((item) => ({
        arn: item.arn,
        name: item.name,
        description: item.description,
        dateCreated: item.createdAt.toISOString(),
        dateUpdated: item.updatedAt?.toISOString(),
        tags: tagMap(item.tags),
        regions: item.distributions.map(({ region }) => region ?? ''),
      })),
      nextToken: page.nextToken,
    };
  },
});

export const deleteDistributionConfiguration = operation<
  client.DeleteDistributionConfigurationCommandInput,
  Partial<client.DeleteDistributionConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'DeleteDistributionConfiguration', input.distributionConfigurationArn),
  run(input, call) {
    const { arn } = requireDistribution(call, input.distributionConfigurationArn);
    const { distributions, pipelines } = imageBuilderState.in(call);
    if (
      [...pipelines.values()].some(({ settings }) => settings.distributionConfigurationArn === arn)
    )
      throw hasDependents(arn);
    distributions.delete(arn);
    return { requestId: call.requestId, distributionConfigurationArn: arn };
  },
});
