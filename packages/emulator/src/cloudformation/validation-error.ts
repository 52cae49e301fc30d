import { AwsError } from '../world/aws-error.ts';

/** CloudFormation's answer to a template or an input that cannot be right, and to most things it refuses. */
export const validationError = (message: string): AwsError =>
  new AwsError('ValidationError', message, { status: 400 });
