import { AwsError } from '../../world/aws-error.ts';

/** Source: IAM user guide, "IAM and AWS STS quotas", character limits. */
const nameLengthMax = {
  user: 64,
  role: 64,
  policy: 128,
  'instance profile': 128,
} as const;

export type NamedThing = keyof typeof nameLengthMax;

const pathLengthMax = 512; // IAM API Reference, Path

/** @throws AwsError ValidationError */
export function checkName(thing: NamedThing, name: string): void {
  if (!/^[\w+=,.@-]+$/.test(name) || name.length > nameLengthMax[thing])
    throw new AwsError(
      'ValidationError',
      `"${name}" is not a valid name of a ${thing}: 1 to ${nameLengthMax[thing]} letters, digits and _+=,.@-`,
    );
}

/** @throws AwsError ValidationError */
export function checkPath(path: string): void {
  if (!/^\/(?:[!-~]+\/)?$/.test(path) || path.length > pathLengthMax)
    throw new AwsError('ValidationError', `The specified value for path is invalid: "${path}"`);
}
