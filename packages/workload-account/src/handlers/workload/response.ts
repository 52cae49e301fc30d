import { isRecord } from '@golden/shared/payload/shape.ts';
import {
  oldestWorkloadSchema,
  workloadSchemaVersion,
} from '@golden/shared/payload/workload-request.ts';
import type {
  Answered,
  Block,
  GroupReport,
  Warning,
  WorkloadOutcome,
  WorkloadResponse,
} from '@golden/shared/payload/workload-response.ts';

export const refused = (block: Block): WorkloadOutcome => ({ outcome: 'refused', block });

export const answered = (
  groups: readonly GroupReport[],
  warnings: readonly Warning[] = [],
): Answered => ({ outcome: 'answered', warnings, groups });

/** Says it in the version of the messages that was asked in; whoever asks in one that is not known gets the newest. */
export const inSchemaOf = (request: unknown, said: WorkloadOutcome): WorkloadResponse =>
  isRecord(request) && request['schema'] === oldestWorkloadSchema
    ? {
        schema: oldestWorkloadSchema,
        ...said,
        // It has no word for a group of which nothing is known just now.
        ...('groups' in said && {
          groups: said.groups.map((report) =>
            report.state === 'unknown' ? { ...report, state: 'failed' } : report,
          ),
        }),
      }
    : { schema: workloadSchemaVersion, ...said };
