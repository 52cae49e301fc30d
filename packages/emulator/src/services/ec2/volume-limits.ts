import type * as client from '@aws-sdk/client-ec2';
import { invalidCombination, invalidValue, missingParameter } from './errors.ts';

type Range = readonly [min: number, max: number];

interface VolumeLimits {
  readonly sizeGiB: Range;
  /** Undefined where the performance of the type cannot be chosen. */
  readonly iops?: Range;
  readonly throughputMiBps?: Range;
  /** Whether the operations per second have to be said. */
  readonly iopsRequired?: true;
}

/** Source: EC2 API Reference, EbsBlockDevice; EBS User Guide, "Amazon EBS volume types". */
const limitsByType: Readonly<Record<client.VolumeType, VolumeLimits>> = {
  gp2: { sizeGiB: [1, 16_384] },
  gp3: { sizeGiB: [1, 65_536], iops: [3_000, 80_000], throughputMiBps: [125, 2_000] },
  io1: { sizeGiB: [4, 16_384], iops: [100, 64_000], iopsRequired: true },
  io2: { sizeGiB: [4, 65_536], iops: [100, 256_000], iopsRequired: true },
  sc1: { sizeGiB: [125, 16_384] },
  st1: { sizeGiB: [125, 16_384] },
  standard: { sizeGiB: [1, 1_024] },
};

const isVolumeType = (type: string): type is client.VolumeType => Object.hasOwn(limitsByType, type);

/**
 * Checks a volume that is to be made against what its type can be.
 *
 * @param volume.type what the mapping or the image says
 * @throws AwsError naming the value; messages in the form that users report
 */
export function checkVolume(
  volume: { readonly type: string; readonly sizeGiB: number },
  ebs: client.EbsBlockDevice | undefined,
): void {
  const { type, sizeGiB } = volume;
  if (!isVolumeType(type)) throw invalidValue(`Unknown volume type: ${type}`);
  const limits = limitsByType[type];
  const [sizeMin, sizeMax] = limits.sizeGiB;
  if (sizeGiB < sizeMin)
    throw invalidValue(
      `Volume of ${sizeGiB}GiB is too small for volume type ${type}; minimum is ${sizeMin}GiB.`,
    );
  if (sizeGiB > sizeMax)
    throw invalidValue(
      `Volume of ${sizeGiB}GiB is too large for volume type ${type}; maximum is ${sizeMax}GiB.`,
    );
  if (limits.iopsRequired && ebs?.Iops === undefined)
    throw missingParameter(`iops for ${type} volumes`);
  checkPerformance(type, 'iops', ebs?.Iops, limits.iops);
  checkPerformance(type, 'throughput', ebs?.Throughput, limits.throughputMiBps);
}

function checkPerformance(
  type: client.VolumeType,
  parameter: 'iops' | 'throughput',
  value: number | undefined,
  range: Range | undefined,
): void {
  if (value === undefined) return;
  if (!range)
    throw invalidCombination(`The parameter ${parameter} is not supported for ${type} volumes.`);
  if (value < range[0] || value > range[1])
    throw invalidValue(
      `Volume ${parameter} of ${value} is not valid for ${type}: ${range[0]} to ${range[1]}.`,
    );
}
