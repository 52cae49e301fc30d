import { workloadSchemaVersion as schema } from '@golden/shared/payload/workload-request.ts';
import type {
  Block,
  GroupReport,
  Warning,
  WorkloadResponse,
} from '@golden/shared/payload/workload-response.ts';

export const refused = (block: Block): WorkloadResponse => ({ schema, outcome: 'refused', block });

export const answered = (
  groups: readonly GroupReport[],
  warnings: readonly Warning[] = [],
): WorkloadResponse => ({ schema, outcome: 'answered', warnings, groups });
