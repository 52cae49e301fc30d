import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../../world/aws-error.ts';
import { crc32c, crc64nvme } from './crc.ts';

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** The input members that carry a checksum. */
interface ChecksumInput {
  readonly ContentMD5?: string | undefined;
  readonly ChecksumAlgorithm?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
  readonly ChecksumCRC32C?: string | undefined;
  readonly ChecksumCRC64NVME?: string | undefined;
  readonly ChecksumSHA1?: string | undefined;
  readonly ChecksumSHA256?: string | undefined;
}

export const checksumMembers = [
  'ContentMD5',
  'ChecksumAlgorithm',
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumCRC64NVME',
  'ChecksumSHA1',
  'ChecksumSHA256',
] as const;

const algorithms: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const uint64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

function digest(algorithm: ChecksumAlgorithm, body: Uint8Array): Buffer {
  switch (algorithm) {
    case 'CRC32':
      return uint32(crc32(body));
    case 'CRC32C':
      return uint32(crc32c(body));
    case 'CRC64NVME':
      return uint64(crc64nvme(body));
    case 'SHA1':
      return createHash('sha1').update(body).digest();
    case 'SHA256':
      return createHash('sha256').update(body).digest();
    default:
      return algorithm satisfies never;
  }
}

export const checksumOf = (algorithm: ChecksumAlgorithm, body: Uint8Array): Checksum => ({
  algorithm,
  value: digest(algorithm, body).toString('base64'),
  type: 'FULL_OBJECT',
});

/** The checksum of an object's parts: the digest of their digests. */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Checksum[],
): Checksum {
  const all = Buffer.concat(parts.map((part) => Buffer.from(part.value, 'base64')));
  const value = `${digest(algorithm, all).toString('base64')}-${parts.length}`;
  return { algorithm, value, type: 'COMPOSITE' };
}

export const md5Hex = (body: Uint8Array): string => createHash('md5').update(body).digest('hex');

/** @throws AwsError for an algorithm that is not modelled */
export function checksumAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  const known = algorithms.find((algorithm) => algorithm === name);
  if (!known)
    throw new AwsError(
      'NotImplemented',
      `the checksum algorithm ${name} is not modelled by this emulator`,
      { status: 501 },
    );
  return known;
}

/**
 * Compares content with every digest that came with it, and says which checksum S3 keeps: the given one, else one
 * of the algorithm that the upload names, else CRC64NVME.
 *
 * Source: S3 User Guide, "Checking object integrity for data uploads".
 *
 * @throws AwsError `InvalidDigest`, `BadDigest` or `InvalidRequest`
 */
export function verifiedChecksum(
  input: ChecksumInput,
  body: Uint8Array,
  fallback: ChecksumAlgorithm = 'CRC64NVME',
): Checksum {
  verifyMd5(input.ContentMD5, body);
  const given = algorithms.flatMap((algorithm) => {
    const value = input[`Checksum${algorithm}`];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (given.length > 1)
    throw new AwsError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const [claimed] = given;
  if (!claimed) return checksumOf(checksumAlgorithm(input.ChecksumAlgorithm) ?? fallback, body);
  const actual = checksumOf(claimed.algorithm, body);
  const header = `x-amz-checksum-${claimed.algorithm.toLowerCase()}`;
  if (Buffer.from(claimed.value, 'base64').length !== Buffer.from(actual.value, 'base64').length)
    throw new AwsError('InvalidRequest', `Value for ${header} header is invalid.`);
  if (claimed.value !== actual.value)
    throw new AwsError(
      'BadDigest',
      `The ${claimed.algorithm} you specified did not match the calculated checksum.`,
    );
  return actual;
}

function verifyMd5(given: string | undefined, body: Uint8Array): void {
  if (given === undefined) return;
  const bytes = Buffer.from(given, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== given)
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (bytes.toString('hex') !== md5Hex(body))
    throw new AwsError(
      'BadDigest',
      'The Content-MD5 you specified did not match what we received.',
    );
}

/** The output member that reports a checksum. */
export const checksumValue = (
  checksum: Checksum,
): Partial<Record<`Checksum${ChecksumAlgorithm}`, string>> => ({
  [`Checksum${checksum.algorithm}`]: checksum.value,
});

export const checksumOutput = (
  checksum: Checksum,
): ReturnType<typeof checksumValue> & { ChecksumType: Checksum['type'] } => ({
  ...checksumValue(checksum),
  ChecksumType: checksum.type,
});
