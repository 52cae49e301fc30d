import type { Json } from '../asl/definition.ts';
import type { Execution } from '../state.ts';
import type { MapRun } from './map-run-state.ts';

const iso = (time: number): string => new Date(time).toISOString();

/**
 * A child execution with its metadata, as results show it that are not reduced to the output.
 *
 * Source: Step Functions Developer Guide, "ResultWriter (Map)".
 */
export function describeChild(
  run: MapRun,
  execution: Execution,
): { readonly [name: string]: Json } {
  const hasSucceeded = execution.status === 'SUCCEEDED';
  return {
    ExecutionArn: execution.arn,
    Input: execution.input,
    InputDetails: { Included: true },
    Name: execution.name,
    ...(hasSucceeded
      ? { Output: execution.output ?? 'null', OutputDetails: { Included: true } }
      : {}),
    ...(execution.error === undefined ? {} : { Error: execution.error }),
    ...(execution.cause === undefined ? {} : { Cause: execution.cause }),
    RedriveCount: 0,
    RedriveStatus: hasSucceeded ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    ...(hasSucceeded
      ? { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }
      : {}),
    StartDate: iso(execution.startedAt),
    StateMachineArn: `${run.machineArn}/${run.label}`,
    Status: execution.status,
    StopDate: iso(execution.stoppedAt ?? execution.startedAt),
  };
}
