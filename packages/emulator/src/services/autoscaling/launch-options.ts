import type { InstanceRequirements } from '@aws-sdk/client-auto-scaling';
import type { LaunchSource, TemplateReference } from './state.ts';

/** One way to launch an instance of a group. */
export interface LaunchOption {
  readonly template: TemplateReference;
  /** Undefined: what the template says. */
  readonly instanceType: string | undefined;
  readonly imageId: string | undefined;
}

/**
 * Types that attribute-based selection chooses from: a few of the current general purpose ones, cheapest first. AWS
 * looks through all of them.
 */
const typesByAttributes: readonly {
  readonly name: string;
  readonly cpus: number;
  readonly memoryMib: number;
}[] = [
  { name: 't3.medium', cpus: 2, memoryMib: 4_096 },
  { name: 't4g.medium', cpus: 2, memoryMib: 4_096 },
  { name: 'm6i.large', cpus: 2, memoryMib: 8_192 },
  { name: 'm6g.large', cpus: 2, memoryMib: 8_192 },
  { name: 'm6i.xlarge', cpus: 4, memoryMib: 16_384 },
  { name: 'm6g.xlarge', cpus: 4, memoryMib: 16_384 },
  { name: 'm6i.2xlarge', cpus: 8, memoryMib: 32_768 },
  { name: 'm6g.2xlarge', cpus: 8, memoryMib: 32_768 },
];

/** The instance types of the table that fit attributes, cheapest first. */
export const typesThatFit = (requirements: InstanceRequirements): readonly string[] =>
  typesByAttributes
    .filter(
      ({ cpus, memoryMib }) =>
        isWithin(cpus, requirements.VCpuCount) && isWithin(memoryMib, requirements.MemoryMiB),
    )
    .map(({ name }) => name);

const isWithin = (
  value: number,
  range: { readonly Min?: number | undefined; readonly Max?: number | undefined } | undefined,
): boolean => value >= (range?.Min ?? 0) && value <= (range?.Max ?? Number.POSITIVE_INFINITY);

/**
 * The ways to launch from a source, in the order in which they are tried.
 *
 * Source: EC2 Auto Scaling User Guide, "Allocation strategies for multiple instance types": `prioritized` takes the
 * first type of the list for which there is capacity.
 */
export function launchOptions(
  source: Exclude<LaunchSource, { kind: 'configuration' }>,
): readonly LaunchOption[] {
  const base: LaunchOption = {
    template: source.template,
    instanceType: undefined,
    imageId: undefined,
  };
  if (source.kind === 'template' || source.overrides.length === 0) return [base];
  return source.overrides.flatMap((override) => {
    const own = { template: override.template ?? source.template, imageId: override.imageId };
    return override.requirements
      ? typesThatFit(override.requirements).map((instanceType) => ({ ...own, instanceType }))
      : [{ ...own, instanceType: override.instanceType }];
  });
}
