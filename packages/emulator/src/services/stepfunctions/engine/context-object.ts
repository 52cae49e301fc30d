import type { Json } from '../asl/definition.ts';
import type { Run } from './run.ts';
import type { Visit } from './visit.ts';

/** The item that an iteration of a map works on. */
export interface MapItem {
  readonly Index: number;
  readonly Value: Json;
}

/**
 * `$states.context`.
 *
 * Source: Step Functions Developer Guide, "Accessing execution data from the Context object"
 */
export function contextObject(
  run: Run,
  visit: Visit,
  item: MapItem | undefined,
): { readonly [name: string]: Json } {
  const { execution } = run;
  return {
    Execution: {
      Id: execution.arn,
      Input: run.input.json,
      Name: execution.name,
      RoleArn: execution.roleArn,
      StartTime: new Date(execution.startedAt).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: execution.machineArn, Name: execution.machineName },
    State: {
      EnteredTime: new Date(visit.enteredAt).toISOString(),
      Name: visit.state.Name,
      RetryCount: visit.retryCount,
    },
    ...(item ? { Map: { Item: { Index: item.Index, Value: item.Value } } } : {}),
  };
}
