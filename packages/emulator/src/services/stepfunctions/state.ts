import type { HistoryEvent, LoggingConfiguration } from '@aws-sdk/client-sfn';
import { defineState } from '../../world/state.ts';
import type { Definition, State } from './asl/definition.ts';
import type { Value } from './engine/value.ts';
import type { Variables } from './engine/variables.ts';

export interface StateMachine {
  readonly name: string;
  readonly arn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly createdAt: number;
  status: 'ACTIVE' | 'DELETING';
  roleArn: string;
  /** As it was given. */
  definitionText: string;
  definition: Definition;
  revisionId: string;
  updatedAt: number;
  logging: LoggingConfiguration;
  readonly tags: Map<string, string>;
  /** Executions that start right after an update may still get it. */
  superseded?: Superseded;
}

export interface Superseded {
  readonly definition: Definition;
  readonly roleArn: string;
  readonly revision: MachineRevision;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What an execution keeps of its machine: a later change of the machine does not touch it. */
export interface MachineRevision {
  readonly arn: string;
  readonly name: string;
  readonly definitionText: string;
  readonly revisionId: string;
  readonly updatedAt: number;
  readonly logging: LoggingConfiguration;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A stay in a state of an execution's own line of states. */
export interface Standing {
  readonly state: State;
  readonly input: Value;
  readonly variables: Variables;
}

export interface Redrives {
  readonly count: number;
  /** Of the last one, milliseconds since 1970. */
  readonly at: number;
  readonly clientToken: string | undefined;
}

/** One execution, or one child execution of a map run. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly account: string;
  readonly region: string;
  /** As the machine had them when the execution began. */
  readonly roleArn: string;
  readonly definition: Definition;
  /** The machine that was started, also of a child execution. */
  readonly machine: MachineRevision;
  /** Of a child execution. */
  readonly mapRunArn?: string;
  /** JSON text. */
  readonly input: string;
  readonly startedAt: number;
  status: ExecutionStatus;
  stoppedAt?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** Where it stood when it ended without success. */
  stoodAt?: Standing;
  redrives?: Redrives;
  readonly history: HistoryEvent[];
}

export const stepFunctionsState = defineState('stepfunctions', 'regional', () => ({
  machines: new Map<string, StateMachine>(),
  /** By ARN, children included. */
  executions: new Map<string, Execution>(),
}));

/** The revision of a machine that an execution which starts now keeps. */
export const revisionOf = (machine: StateMachine): MachineRevision => ({
  arn: machine.arn,
  name: machine.name,
  definitionText: machine.definitionText,
  revisionId: machine.revisionId,
  updatedAt: machine.updatedAt,
  logging: machine.logging,
});
