import type * as client from '@aws-sdk/client-auto-scaling';
import { isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import {
  findTemplate,
  launchChecks,
  resolveVersion,
} from '../ec2/launch-templates-for-services.ts';
import { unusableTemplate, validationError } from './errors.ts';
import { requireOnDemand } from './instances-distribution.ts';
import {
  autoScalingState,
  type Group,
  type LaunchSource,
  type Member,
  type Override,
  type TemplateReference,
} from './state.ts';

/** How inputs say what a group launches from. */
export interface SourceInput {
  readonly LaunchTemplate?: client.LaunchTemplateSpecification | undefined;
  readonly MixedInstancesPolicy?: client.MixedInstancesPolicy | undefined;
  readonly LaunchConfigurationName?: string | undefined;
}

export const overridesMax = 40; // EC2 Auto Scaling API Reference, LaunchTemplate, Overrides: 40 at most
// EC2 Auto Scaling API Reference, LaunchTemplateOverrides, LaunchTemplateSpecification: 20 templates a group
const templatesMax = 20;
const versionOfNone = '$Default'; // API Reference, LaunchTemplateSpecification, Version

/**
 * Reads what to launch from. Aliases (`$Latest`, `$Default`) stay what they are; they must resolve now.
 *
 * @param given.current the group's own source: parts of a policy that an update leaves out stay
 * @throws AwsError ValidationError
 * Source: EC2 Auto Scaling API Reference, CreateAutoScalingGroup, StartInstanceRefresh
 */
export function resolveSource(
  call: Call,
  input: SourceInput,
  given: { readonly current?: LaunchSource } = {},
): LaunchSource {
  const { LaunchTemplate, MixedInstancesPolicy, LaunchConfigurationName: configuration } = input;
  const named = [LaunchTemplate, MixedInstancesPolicy, configuration].filter(
    (one) => one !== undefined,
  );
  if (named.length !== 1)
    throw validationError(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  if (LaunchTemplate) return { kind: 'template', template: resolve(call, LaunchTemplate) };
  if (MixedInstancesPolicy) return resolveMixed(call, MixedInstancesPolicy, given.current);
  if (!autoScalingState.in(call).launchConfigurations.has(configuration ?? ''))
    throw validationError(
      `Launch configuration name not found - Launch configuration ${configuration ?? ''} not found`,
    );
  return { kind: 'configuration', name: configuration ?? '' };
}

function resolveMixed(
  call: Call,
  policy: client.MixedInstancesPolicy,
  current: LaunchSource | undefined,
): LaunchSource {
  const before = current?.kind === 'mixed' ? current : undefined;
  const base = policy.LaunchTemplate?.LaunchTemplateSpecification;
  const template = base ? resolve(call, base) : before?.template;
  if (!template)
    throw validationError(
      'MixedInstancesPolicy must contain a LaunchTemplate with a LaunchTemplateSpecification.',
    );
  const overrides = policy.LaunchTemplate?.Overrides;
  if ((overrides?.length ?? 0) > overridesMax)
    throw validationError(
      `The number of launch template overrides exceeds the limit of ${overridesMax}.`,
    );
  const resolved = overrides?.map((override) => resolveOverride(call, override));
  requireFewTemplates(template, resolved ?? []);
  return {
    kind: 'mixed',
    template,
    overrides: resolved ?? before?.overrides ?? [],
    distribution: policy.InstancesDistribution
      ? requireOnDemand(policy.InstancesDistribution)
      : (before?.distribution ?? requireOnDemand({})),
  };
}

/** @throws AwsError ValidationError */
function requireFewTemplates(base: TemplateReference, overrides: readonly Override[]): void {
  const ids = new Set([base.id, ...overrides.flatMap(({ template }) => template?.id ?? [])]);
  if (ids.size > templatesMax)
    throw validationError(
      `The number of launch templates exceeds the limit of ${templatesMax} for an Auto Scaling group.`,
    );
}

function resolveOverride(call: Call, override: client.LaunchTemplateOverrides): Override {
  const { InstanceType, InstanceRequirements, WeightedCapacity } = override;
  if (InstanceType !== undefined && InstanceRequirements !== undefined)
    throw validationError(
      'An override cannot contain both InstanceType and InstanceRequirements parameters.',
    );
  if (WeightedCapacity !== undefined && WeightedCapacity !== '1')
    throw validationError(
      `a WeightedCapacity of ${WeightedCapacity} is not modelled by this emulator, only 1 is`,
    );
  return {
    instanceType: InstanceType,
    requirements: InstanceRequirements,
    weightedCapacity: WeightedCapacity,
    imageId: override.ImageId,
    template:
      override.LaunchTemplateSpecification && resolve(call, override.LaunchTemplateSpecification),
  };
}

/** @throws AwsError ValidationError unless exactly one of id and name leads to a template that has the version */
function resolve(call: Call, asked: client.LaunchTemplateSpecification): TemplateReference {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version } = asked;
  if ((id === undefined) === (name === undefined))
    throw validationError(
      'Valid requests must contain either launchTemplateId or LaunchTemplateName',
    );
  const template = findTemplate(call, { id, name });
  if (!template)
    throw unusableTemplate(
      id === undefined
        ? `The specified launch template, with template name ${name ?? ''}, does not exist.`
        : `The specified launch template, with template ID ${id}, does not exist.`,
    );
  const version = Version ?? versionOfNone;
  try {
    resolveVersion(call, template, version);
  } catch (error) {
    if (isAwsError(error)) throw unusableTemplate(error.message);
    throw error;
  }
  return { id: template.id, name: template.name, version };
}

/**
 * What AWS checks of the caller who sets what a group launches from: that it could launch so itself.
 *
 * @param subnetIds where the group launches
 * Source: EC2 Auto Scaling User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups".
 */
export function sourceChecks(
  call: Call,
  input: SourceInput,
  subnetIds: readonly string[] = [],
): readonly AccessCheck[] {
  const policy = input.MixedInstancesPolicy;
  const base = input.LaunchTemplate ?? policy?.LaunchTemplate?.LaunchTemplateSpecification;
  const overrides = policy?.LaunchTemplate?.Overrides ?? [];
  return [
    ...checksOf(call, base, { subnetIds }),
    ...overrides.flatMap(({ LaunchTemplateSpecification: own, InstanceType }) =>
      own || InstanceType !== undefined
        ? checksOf(call, own ?? base, { instanceType: InstanceType, subnetIds })
        : [],
    ),
  ];
}

/** A template that is not there is told by the operation itself, not as a missing permission. */
function checksOf(
  call: Call,
  specification: client.LaunchTemplateSpecification | undefined,
  launch: { readonly instanceType?: string | undefined; readonly subnetIds: readonly string[] },
): readonly AccessCheck[] {
  if (!specification) return [];
  try {
    const { id, version } = resolve(call, specification);
    const places = launch.subnetIds.length > 0 ? launch.subnetIds : [undefined];
    return places.flatMap((SubnetId) =>
      launchChecks(
        call,
        { LaunchTemplateId: id, Version: version },
        { InstanceType: launch.instanceType, SubnetId },
      ),
    );
  } catch (error) {
    if (isAwsError(error)) return [];
    throw error;
  }
}

/** Whether a request names a numbered version, as conditions see it. Source: Service Authorization Reference, EC2 Auto Scaling. */
export const specifiedVersion = (input: SourceInput): boolean | undefined => {
  const asked =
    input.LaunchTemplate ?? input.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return asked && asked.Version !== undefined && /^\d+$/.test(asked.Version);
};

const describeReference = (reference: TemplateReference): client.LaunchTemplateSpecification => ({
  LaunchTemplateId: reference.id,
  LaunchTemplateName: reference.name,
  Version: reference.version,
});

/** A source as the API shows it. */
export function describeSource(
  source: LaunchSource,
): Pick<
  client.AutoScalingGroup,
  'LaunchTemplate' | 'MixedInstancesPolicy' | 'LaunchConfigurationName'
> {
  switch (source.kind) {
    case 'template':
      return { LaunchTemplate: describeReference(source.template) };
    case 'configuration':
      return { LaunchConfigurationName: source.name };
    case 'mixed':
      return {
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: describeReference(source.template),
            Overrides: source.overrides.map((override) => ({
              InstanceType: override.instanceType,
              InstanceRequirements: override.requirements,
              WeightedCapacity: override.weightedCapacity,
              ImageId: override.imageId,
              LaunchTemplateSpecification:
                override.template && describeReference(override.template),
            })),
          },
          InstancesDistribution: source.distribution,
        },
      };
    default:
      return source satisfies never;
  }
}

/** Whether an instance is what would be launched from the source now; aliases are resolved now. */
export function isOnSource(
  scope: Scope,
  _group: Group,
  member: Member,
  source: LaunchSource,
): boolean {
  switch (source.kind) {
    case 'configuration':
      return member.launchConfiguration === source.name;
    case 'template':
      return isOn(scope, member, source.template);
    case 'mixed': {
      if (source.overrides.length === 0) return isOn(scope, member, source.template);
      return source.overrides.some(
        (override) =>
          (override.instanceType === undefined || override.instanceType === member.instanceType) &&
          (override.imageId === undefined || override.imageId === member.imageId) &&
          isOn(scope, member, override.template ?? source.template),
      );
    }
    default:
      return source satisfies never;
  }
}

function isOn(scope: Scope, { launchedFrom }: Member, reference: TemplateReference): boolean {
  if (launchedFrom?.id !== reference.id) return false;
  const number = numberOf(scope, reference);
  return number !== undefined && launchedFrom.version === String(number);
}

/** The version that a reference stands for now; undefined once template or version are gone. */
export function numberOf(scope: Scope, reference: TemplateReference): number | undefined {
  const template = findTemplate(scope, { id: reference.id });
  if (!template) return undefined;
  try {
    return resolveVersion(scope, template, reference.version);
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}
