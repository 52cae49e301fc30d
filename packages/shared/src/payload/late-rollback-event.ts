/**
 * What a workload account says on the infra bus when an alarm takes groups back after their refresh has ended. No schema
 * library here: the handler that every account carries makes it; `late-rollback-report.ts` reads it.
 */
export const lateRollbackDetailType = 'Golden Image Rolled Back Late';

/** The source of a line's events. */
export const lineEventSource = (line: string): string => `golden.${line}`;

/** The bus of a line in the infra account's home Region. */
export const infraBusName = (line: string): string => `golden-${line}`;

export const lateRollbackSchema = 1;

/** The account is AWS's own member of the event; the Region there is that of the bus. */
export interface LateRollbackDetail {
  schema: typeof lateRollbackSchema;
  line: string;
  /** Where the groups are. */
  region: string;
  rolloutId: string;
  /** The image that they leave. */
  ami: string;
  /** Names of those that are on their way back or have arrived. */
  groups: readonly string[];
}
