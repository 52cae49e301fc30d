import type * as client from '@aws-sdk/client-ec2';
import type { Scope } from '../../world/scope.ts';
import { ec2Arn } from './arns.ts';
import { notModelled } from './errors.ts';
import { requireTemplate, requireVersion } from './launch-template-lookup.ts';
import type { LaunchTemplate, LaunchTemplateVersion } from './state.ts';
import { refuseReservedKey, type Tags } from './tags.ts';

/** Members of a launch template whose effect on an instance is not modelled; what they ask for is seen but not launched. */
const unmodelled = [
  'KernelId',
  'RamDiskId',
  'ElasticGpuSpecifications',
  'ElasticInferenceAccelerators',
  'SecurityGroups',
  'InstanceMarketOptions',
  'CpuOptions',
  'CapacityReservationSpecification',
  'LicenseSpecifications',
  'HibernationOptions',
  'EnclaveOptions',
  'InstanceRequirements',
  'PrivateDnsNameOptions',
  'MaintenanceOptions',
  'DisableApiTermination',
  'DisableApiStop',
  'Operator',
  'NetworkPerformanceOptions',
  'SecondaryInterfaces',
] as const satisfies readonly (keyof client.RequestLaunchTemplateData)[];

/** A launch with the members of its template filled in. */
export interface MergedLaunch {
  readonly input: client.RunInstancesCommandInput;
  /** Undefined for a launch without a template. */
  readonly template: LaunchTemplate | undefined;
  readonly version: LaunchTemplateVersion | undefined;
}

/**
 * A launch's own parameters win over those of its template; tags of one resource type are put together.
 *
 * Source: EC2 API Reference, RunInstances, LaunchTemplate.
 * @throws AwsError for a template or version that does not exist
 */
export function mergeTemplate(scope: Scope, input: client.RunInstancesCommandInput): MergedLaunch {
  if (!input.LaunchTemplate) return { input, template: undefined, version: undefined };
  const { LaunchTemplate: reference, ...own } = input;
  const template = requireTemplate(scope, reference);
  const version = requireVersion(template, reference.Version);
  const { data } = version;
  const launched: Partial<client.RunInstancesCommandInput> = {
    BlockDeviceMappings: data.BlockDeviceMappings,
    CreditSpecification: creditOf(data.CreditSpecification),
    EbsOptimized: data.EbsOptimized,
    IamInstanceProfile: data.IamInstanceProfile,
    ImageId: data.ImageId,
    InstanceInitiatedShutdownBehavior: data.InstanceInitiatedShutdownBehavior,
    InstanceType: data.InstanceType,
    KeyName: data.KeyName,
    MetadataOptions: data.MetadataOptions,
    Monitoring: data.Monitoring && { Enabled: data.Monitoring.Enabled },
    NetworkInterfaces: data.NetworkInterfaces,
    Placement: data.Placement,
    SecurityGroupIds: data.SecurityGroupIds,
    UserData: data.UserData,
  };
  return {
    input: {
      ...withoutUndefined(launched),
      ...withoutUndefined(own),
      MinCount: input.MinCount,
      MaxCount: input.MaxCount,
      TagSpecifications: mergeTags(data.TagSpecifications, input.TagSpecifications),
    },
    template,
    version,
  };
}

const creditOf = (
  credit: client.CreditSpecificationRequest | undefined,
): client.CreditSpecificationRequest | undefined => credit && { CpuCredits: credit.CpuCredits };

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

function mergeTags(
  ofTemplate: readonly client.TagSpecification[] | undefined,
  own: readonly client.TagSpecification[] | undefined,
): client.TagSpecification[] | undefined {
  if (!ofTemplate) return own && [...own];
  const kept = ofTemplate.map(({ ResourceType, Tags = [] }) => {
    const overridden = new Set(
      (own ?? [])
        .filter((item) => item.ResourceType === ResourceType)
        .flatMap((item) => (item.Tags ?? []).map(({ Key }) => Key)),
    );
    return { ResourceType, Tags: Tags.filter(({ Key }) => !overridden.has(Key)) };
  });
  return [...kept, ...(own ?? [])];
}

/** @throws AwsError for a member of the template whose effect is not modelled, and for tags that only AWS sets */
export function refuseUnmodelledData({ version }: MergedLaunch): void {
  for (const { Tags = [] } of version?.data.TagSpecifications ?? [])
    for (const { Key = '' } of Tags) refuseReservedKey(Key);
  for (const name of unmodelled)
    if (version?.data[name] !== undefined)
      throw notModelled(`a launch with the launch template parameter ${name}`);
}

/** The tags by which EC2 tells what an instance was launched from. Source: EC2 User Guide, "Launch EC2 instances using a launch template". */
export const launchTags = ({ template, version }: MergedLaunch): Tags =>
  template && version
    ? {
        'aws:ec2launchtemplate:id': template.id,
        'aws:ec2launchtemplate:version': String(version.number),
      }
    : {};

export const templateArn = (scope: Scope, template: LaunchTemplate): string =>
  ec2Arn(scope, 'launch-template', template.id);
