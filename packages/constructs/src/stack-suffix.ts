import { Aws, Fn } from 'aws-cdk-lib';

/**
 * Eight hexadecimal digits that are the stack's own: the first part of the id that CloudFormation gave it.
 *
 * For names that Image Builder demands and that must not collide with what a deleted stack of the same line left.
 */
export const stackSuffix = (): string =>
  Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
