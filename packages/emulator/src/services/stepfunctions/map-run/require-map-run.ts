import { AwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import { invalidArn } from '../machine-lookup.ts';
import { keptMapRuns, type MapRun } from './map-run-state.ts';

const mapRunArnPattern = /^arn:aws:states:[^:]+:\d{12}:mapRun:[^:/]+\/[^:/]+:[^:]+$/;

/** @throws AwsError InvalidArn, ResourceNotFound */
export function requireMapRun(scope: Scope, arn: string): MapRun {
  if (!mapRunArnPattern.test(arn)) throw invalidArn(arn);
  const run = keptMapRuns(scope).get(arn);
  if (!run)
    throw new AwsError('ResourceNotFound', `Resource not found: '${arn}'`, {
      details: { resourceName: arn },
    });
  return run;
}
