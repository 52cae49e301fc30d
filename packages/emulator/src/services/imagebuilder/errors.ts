import { AwsError } from '../../world/aws-error.ts';

// Source of the codes: Image Builder API Reference, errors of each operation. Messages as users report them
// (e.g. boto/boto3#2224, aws-ia/terraform-aws-ec2-image-builder#106), where there is a report.

export const notFound = (what: string, arn: string): AwsError =>
  new AwsError(
    'ResourceNotFoundException',
    `The resource with ARN '${arn}' does not exist: there is no such ${what}.`,
  );

/** @param kind as AWS names it, e.g. `ImageRecipe` */
export const alreadyExists = (kind: string, arn: string): AwsError =>
  new AwsError(
    'ResourceAlreadyExistsException',
    `The following resource '${kind}' already exists: '${arn}'.`,
  );

export const hasDependents = (arn: string): AwsError =>
  new AwsError(
    'ResourceDependencyException',
    `Resource dependency error: The resource ARN '${arn}' has other resources depended on it.`,
  );

export const invalidValue = (parameter: string, why: string): AwsError =>
  new AwsError(
    'InvalidParameterValueException',
    `The value supplied for parameter '${parameter}' is not valid. ${why}`,
  );

export const invalidCombination = (parameter: string, why: string): AwsError =>
  new AwsError(
    'InvalidParameterCombinationException',
    `The value supplied for parameter '${parameter}' is not valid. ${why}`,
  );

export const invalidRequest = (message: string): AwsError =>
  new AwsError('InvalidRequestException', message);

export const quotaExceeded = (what: string, max: number): AwsError =>
  new AwsError('ServiceQuotaExceededException', `You have reached the limit of ${max} ${what}.`);

/** What this emulator does not do is refused by name, so that nobody believes it happened. */
export const notModelled = (what: string): AwsError =>
  invalidRequest(`${what} is not modelled by this emulator`);

/** @throws AwsError for the first of the members that is set */
export function refuseUnmodelled(input: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && names.includes(name)) throw notModelled(`the parameter ${name}`);
}
