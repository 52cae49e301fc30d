import { AwsError } from '../../world/aws-error.ts';

// Source of the codes: EC2 Auto Scaling API Reference, "Errors" of the operations and "Common errors"; messages as
// users report them.

export const validationError = (message: string): AwsError =>
  new AwsError('ValidationError', message);

export const groupNotFound = (name: string): AwsError =>
  validationError(`AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);

export const instanceNotFound = (id: string): AwsError =>
  validationError(`Instance Id not found - No managed instance found for instance ID: ${id}`);

/** What stands in front of every reason why a launch template cannot be used. */
export const unusableTemplate = (reason: string): AwsError =>
  validationError(`You must use a valid fully-formed launch template. ${reason}`);

/** What this emulator does not do is refused by name, so that nobody believes it happened. */
export const unmodelled = (what: string): AwsError =>
  validationError(`${what} is not modelled by this emulator`);
