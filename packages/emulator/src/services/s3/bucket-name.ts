import { AwsError } from '../../world/aws-error.ts';

const prefixesRefused = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const suffixesRefused = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3', '-an'];

/**
 * Source: S3 User Guide, "General purpose bucket naming rules".
 *
 * @throws AwsError `InvalidBucketName`
 */
export function requireBucketName(name: string): void {
  const fits =
    name.length >= 3 &&
    name.length <= 63 &&
    /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !prefixesRefused.some((prefix) => name.startsWith(prefix)) &&
    !suffixesRefused.some((suffix) => name.endsWith(suffix));
  if (!fits) throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
}
