import { _InstanceType } from '@aws-sdk/client-ec2';
import type { Architecture } from './state.ts';

/** Source: EC2 User Guide, "Virtualization types": families that boot paravirtual images only, which there are none of. */
const paravirtualOnly = /^(?:t1|m1|m2|c1)\./;

export const bootsNoImage = (instanceType: string): boolean => paravirtualOnly.test(instanceType);

const knownTypes: ReadonlySet<string> = new Set(Object.values(_InstanceType));

/**
 * The processor architecture of an instance type, from its name: a `g` among the attributes behind the generation
 * means Graviton.
 *
 * @returns undefined for a text that names no instance type that the SDK knows
 * Source: EC2 User Guide, "Amazon EC2 instance type naming conventions"; A1 is Graviton without saying so.
 */
export function architectureOf(instanceType: string): Architecture | undefined {
  if (!knownTypes.has(instanceType)) return undefined;
  const [, series, , attributes = ''] =
    /^([a-z]+)(\d+)([a-z]*(?:-[a-z0-9]+)*)\.[a-z0-9-]+$/.exec(instanceType) ?? [];
  if (series === undefined) return undefined;
  return series === 'a' || attributes.split('-')[0]?.includes('g') === true ? 'arm64' : 'x86_64';
}
