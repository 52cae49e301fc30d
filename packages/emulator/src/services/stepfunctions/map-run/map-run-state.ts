import type { Scope } from '../../../world/scope.ts';
import { defineState } from '../../../world/state.ts';
import type { Json } from '../asl/definition.ts';
import type { Execution } from '../state.ts';

export type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** What `UpdateMapRun` changes while a map run goes on. */
export interface MapRunSettings {
  /** As it was given; 0 means as many as Step Functions allows. */
  maxConcurrency: number;
  /** Absent when not given: the other one counts alone then; none tolerates nothing. */
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
}

/** A child execution of a map run, begun or not. */
export interface MapRunChild {
  /** How many items it gets: more than one with `ItemBatcher`. */
  readonly itemsCount: number;
  /** Made when the child begins, so that thousands of waiting children cost nothing. */
  readonly input: () => Promise<Json>;
  execution?: Execution;
}

/** One run of a distributed map. */
export interface MapRun {
  readonly arn: string;
  /** Of the execution that came to the map. */
  readonly executionArn: string;
  /** Without the label. */
  readonly machineArn: string;
  readonly label: string;
  readonly startedAt: number;
  readonly settings: MapRunSettings;
  status: MapRunStatus;
  stoppedAt?: number;
  /** In the order of the items; empty until they are read. */
  children: readonly MapRunChild[];
  hasWrittenResults: boolean;
  /** Looks again at what may begin and whether too much has failed. */
  readonly settingsChanged: () => void;
}

export const mapRunState = defineState('stepfunctions-map-runs', 'regional', () => ({
  /** By ARN. */
  runs: new Map<string, MapRun>(),
  openCount: 0,
}));

/** Like the executions that they belong to. Source: Step Functions Developer Guide, "Service quotas": 90 days. */
const retentionMs = 90 * 24 * 3_600_000;

/** All map runs that are kept, by ARN; what has expired goes when somebody looks. */
export function keptMapRuns(scope: Scope): ReadonlyMap<string, MapRun> {
  const { runs } = mapRunState.in(scope);
  for (const [arn, { stoppedAt }] of runs)
    if (stoppedAt !== undefined && stoppedAt + retentionMs <= scope.now) runs.delete(arn);
  return runs;
}
