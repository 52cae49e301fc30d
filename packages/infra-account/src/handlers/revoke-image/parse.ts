import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseLateRollback } from '@golden/shared/payload/late-rollback-report.ts';
import type { LateRollbackReport } from '@golden/shared/payload/late-rollback-report.ts';

/** What one event holds: a report, or why it holds none. */
export type Incoming =
  { kind: 'report'; report: LateRollbackReport } | { kind: 'ignored'; why: string };

/** Any account of the organization may put nonsense on the bus, and no retry makes sense of it: it is ignored with a reason. */
export const parseRevokeEvent = (event: unknown): Incoming => {
  try {
    return { kind: 'report', report: parseLateRollback(event) };
  } catch (error) {
    if (error instanceof PayloadError) return { kind: 'ignored', why: error.message };
    throw error;
  }
};
