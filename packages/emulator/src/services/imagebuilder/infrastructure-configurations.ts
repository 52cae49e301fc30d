import { GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import type * as client from '@aws-sdk/client-imagebuilder';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import type { ContextValue } from '../../iam/condition-context.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { createChecks, listCheck, resourceCheck } from './access.ts';
import { requireArn, resourceArn } from './arns.ts';
import { onceAsync } from './client-token.ts';
import {
  alreadyExists,
  hasDependents,
  invalidValue,
  notFound,
  notModelled,
  quotaExceeded,
} from './errors.ts';
import { filterItems, listPage } from './listing.ts';
import {
  imageBuilderState,
  type InfrastructureSettings,
  type StoredInfrastructure,
} from './state.ts';
import { newTags, tagMap } from './tags.ts';

const configurationsMax = 1_000; // Image Builder quotas, infrastructure configurations per Region

type SettingsInput = Omit<
  client.UpdateInfrastructureConfigurationCommandInput,
  'infrastructureConfigurationArn'
>;

const arnOf = (call: Call, name: string | undefined): string =>
  resourceArn(call, { type: 'infrastructure-configuration', name: name ?? '' });

/** The keys that the service defines. Source: Service Authorization Reference, EC2 Image Builder, condition keys. */
const settingsContext = (input: SettingsInput): Record<string, ContextValue | undefined> => ({
  'imagebuilder:StatusTopicArn': input.snsTopicArn,
  'imagebuilder:Ec2MetadataHttpTokens': input.instanceMetadataOptions?.httpTokens,
  ...Object.fromEntries(
    Object.entries(input.resourceTags ?? {}).map(([key, value]) => [
      `imagebuilder:CreatedResourceTag/${key}`,
      value,
    ]),
  ),
  'imagebuilder:CreatedResourceTagKeys': input.resourceTags && Object.keys(input.resourceTags),
});

export const createInfrastructureConfiguration = operation<
  client.CreateInfrastructureConfigurationCommandInput,
  Partial<client.CreateInfrastructureConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    createChecks(
      'CreateInfrastructureConfiguration',
      arnOf(call, input.name),
      input.tags,
      settingsContext(input),
    ),
  run: (input, call) =>
    onceAsync(call, input, async (clientToken) => {
      const name = input.name ?? '';
      const arn = arnOf(call, name);
      const { infrastructures } = imageBuilderState.in(call);
      if (infrastructures.has(arn)) throw alreadyExists('InfrastructureConfiguration', arn);
      if (infrastructures.size >= configurationsMax)
        throw quotaExceeded('infrastructure configurations', configurationsMax);
      const configuration: StoredInfrastructure = {
        arn,
        name,
        createdAt: call.date,
        updatedAt: undefined,
        settings: await readSettings(call, input),
        tags: newTags(call, input.tags),
      };
      infrastructures.set(arn, configuration);
      return { requestId: call.requestId, clientToken, infrastructureConfigurationArn: arn };
    }),
});

/** An update resets what it is not sent. */
export const updateInfrastructureConfiguration = operation<
  client.UpdateInfrastructureConfigurationCommandInput,
  Partial<client.UpdateInfrastructureConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(
      call,
      'UpdateInfrastructureConfiguration',
      input.infrastructureConfigurationArn,
      settingsContext(input),
    ),
  run: (input, call) =>
    onceAsync(call, input, async (clientToken) => {
      const configuration = requireInfrastructure(call, input.infrastructureConfigurationArn);
      configuration.settings = await readSettings(call, input);
      configuration.updatedAt = call.date;
      return {
        requestId: call.requestId,
        clientToken,
        infrastructureConfigurationArn: configuration.arn,
      };
    }),
});

async function readSettings(call: Call, input: SettingsInput): Promise<InfrastructureSettings> {
  if (input.placement !== undefined) throw notModelled('the parameter placement');
  const { instanceMetadataOptions: metadata } = input;
  if (input.subnetId !== undefined && (input.securityGroupIds ?? []).length === 0)
    throw invalidValue('securityGroupIds', 'Security groups are required when a subnet is given.');
  // Source: Service Authorization Reference, CreateInfrastructureConfiguration, dependent actions.
  if (input.snsTopicArn !== undefined)
    call.require({ action: 'sns:Publish', resource: input.snsTopicArn });
  await checkProfile(call, input.instanceProfileName ?? '');
  return {
    description: input.description,
    instanceTypes: input.instanceTypes,
    instanceProfileName: input.instanceProfileName ?? '',
    securityGroupIds: input.securityGroupIds,
    subnetId: input.subnetId,
    logging: input.logging,
    keyPair: input.keyPair,
    terminateInstanceOnFailure: input.terminateInstanceOnFailure ?? true,
    snsTopicArn: input.snsTopicArn,
    resourceTags: input.resourceTags,
    instanceMetadataOptions: metadata,
    placement: undefined,
  };
}

/** The caller must be able to read the instance profile and to pass its role to EC2. */
async function checkProfile(call: Call, name: string): Promise<void> {
  try {
    const { InstanceProfile } = await call.send(
      new GetInstanceProfileCommand({ InstanceProfileName: name }),
      { as: call.caller, via: [...call.via, 'imagebuilder.amazonaws.com'] },
    );
    for (const { Arn } of InstanceProfile?.Roles ?? [])
      call.require(passRoleCheck(call, Arn ?? '', 'ec2.amazonaws.com'));
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity')) throw invalidValue('instanceProfileName', error.message);
    if (isAwsError(error, 'AccessDenied'))
      throw new AwsError('AccessDeniedException', error.message, { status: 403, cause: error });
    throw error;
  }
}

export function requireInfrastructure(call: Call, arn: string | undefined): StoredInfrastructure {
  requireArn('infrastructureConfigurationArn', arn, 'infrastructure-configuration');
  const found = imageBuilderState.in(call).infrastructures.get(arn ?? '');
  if (!found) throw notFound('infrastructure configuration', arn ?? '');
  return found;
}

export const getInfrastructureConfiguration = operation<
  client.GetInfrastructureConfigurationCommandInput,
  Partial<client.GetInfrastructureConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'GetInfrastructureConfiguration', input.infrastructureConfigurationArn),
  run: (input, call) => ({
    requestId: call.requestId,
    infrastructureConfiguration: describeInfrastructure(
      requireInfrastructure(call, input.infrastructureConfigurationArn),
    ),
  }),
});

export const describeInfrastructure = ({
  arn,
  name,
  createdAt,
  updatedAt,
  settings,
  tags,
}: Omit<StoredInfrastructure, 'updatedAt'> & {
  updatedAt?: Date | undefined;
}): client.InfrastructureConfiguration => ({
  ...settings,
  instanceTypes: settings.instanceTypes && [...settings.instanceTypes],
  securityGroupIds: settings.securityGroupIds && [...settings.securityGroupIds],
  arn,
  name,
  dateCreated: createdAt.toISOString(),
  dateUpdated: updatedAt?.toISOString(),
  tags: tagMap(tags),
});

export const listInfrastructureConfigurations = operation<
  client.ListInfrastructureConfigurationsCommandInput,
  Partial<client.ListInfrastructureConfigurationsCommandOutput>
>({
  authorize: () => listCheck('ListInfrastructureConfigurations'),
  run(input, call) {
    const found = filterItems(
      [...imageBuilderState.in(call).infrastructures.values()],
      input.filters,
      { name: ({ name }) => [name] },
    );
    const page = listPage(call, input, found, ({ arn }) => arn);
    return {
      requestId: call.requestId,
      infrastructureConfigurationSummaryList: page.items.map((item) => ({
        arn: item.arn,
        name: item.name,
        description: item.settings.description,
        dateCreated: item.createdAt.toISOString(),
        dateUpdated: item.updatedAt?.toISOString(),
        resourceTags: item.settings.resourceTags,
        tags: tagMap(item.tags),
        instanceTypes: item.settings.instanceTypes && [...item.settings.instanceTypes],
        instanceProfileName: item.settings.instanceProfileName,
      })),
      nextToken: page.nextToken,
    };
  },
});

export const deleteInfrastructureConfiguration = operation<
  client.DeleteInfrastructureConfigurationCommandInput,
  Partial<client.DeleteInfrastructureConfigurationCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'DeleteInfrastructureConfiguration', input.infrastructureConfigurationArn),
  run(input, call) {
    const { arn } = requireInfrastructure(call, input.infrastructureConfigurationArn);
    const { infrastructures, pipelines } = imageBuilderState.in(call);
    if (
      [...pipelines.values()].some(
        ({ settings }) => settings.infrastructureConfigurationArn === arn,
      )
    )
      throw hasDependents(arn);
    infrastructures.delete(arn);
    return { requestId: call.requestId, infrastructureConfigurationArn: arn };
  },
});
