import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { invalidArn, isExecutionArn } from './machine-lookup.ts';
import { stepFunctionsState, type Execution } from './state.ts';

/** Step Functions Developer Guide, "Service quotas": a closed execution and its history are kept for 90 days. */
const retentionMs = 90 * 24 * 3_600_000;

const isExpired = (scope: Scope, { stoppedAt }: Execution): boolean =>
  stoppedAt !== undefined && stoppedAt + retentionMs <= scope.now;

export const findExecution = (scope: Scope, arn: string): Execution | undefined => {
  const found = stepFunctionsState.in(scope).executions.get(arn);
  return found && isExpired(scope, found) ? undefined : found;
};

/** @throws AwsError InvalidArn, ExecutionDoesNotExist */
export function requireExecution(scope: Scope, arn: string | undefined): Execution {
  if (!isExecutionArn(arn ?? '')) throw invalidArn(arn ?? '');
  const found = findExecution(scope, arn ?? '');
  if (!found) throw executionDoesNotExist(arn);
  return found;
}

export const executionDoesNotExist = (arn: string | undefined): AwsError =>
  new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn ?? ''}'`);

/** All that are kept; what has expired goes when somebody looks. */
export function keptExecutions(scope: Scope): Iterable<Execution> {
  const { executions } = stepFunctionsState.in(scope);
  for (const [arn, execution] of executions)
    if (isExpired(scope, execution)) executions.delete(arn);
  return executions.values();
}

/** Executions have no tags of their own. */
export const executionCheck =
  (action: string) =>
  (input: { readonly executionArn?: string | undefined }): AccessCheck => ({
    action: `states:${action}`,
    resource: input.executionArn ?? '',
  });
