import { isAlarmStateChange } from '@golden/shared/payload/alarm-state-change.ts';
import {
  isWorkloadRequest,
  workloadRequestProblem,
  workloadSchemaVersion,
} from '@golden/shared/payload/workload-request.ts';
import type {
  WorkloadOutcome,
  WorkloadResponse,
} from '@golden/shared/payload/workload-response.ts';
import { liveDeps } from './deps.ts';
import type { Deps } from './deps.ts';
import { lateRollback } from './late-rollback.ts';
import { refresh } from './refresh.ts';
import { inSchemaOf, refused } from './response.ts';
import { rollback } from './rollback.ts';
import { status } from './status.ts';
import { survey } from './survey.ts';

/**
 * Acts on the Auto Scaling groups of one account and Region. What can be expected is an answer, for each group its own;
 * what is thrown is a defect or AWS out of order, and asking again is safe.
 */
export const makeHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<WorkloadResponse> =>
    inSchemaOf(event, await answer(event, deps));

const answer = async (event: unknown, deps: Deps): Promise<WorkloadOutcome> => {
  if (isAlarmStateChange(event)) return lateRollback(event, deps);
  if (!isWorkloadRequest(event))
    return refused({
      reason: 'request-invalid',
      problem: workloadRequestProblem(event) ?? '',
      schema: workloadSchemaVersion,
    });
  const { line } = deps.config;
  if (event.line !== line) return refused({ reason: 'other-line', line, asked: event.line });
  switch (event.action) {
    case 'survey':
      return survey(event.image, deps);
    case 'refresh':
      return refresh(event, deps);
    case 'status':
      return status(event, deps);
    case 'rollback':
      return rollback(event, deps);
    default:
      return event satisfies never;
  }
};

export const handler = makeHandler(liveDeps(process.env));
