import type {
  ChangeSetStatus,
  ExecutionStatus,
  ResourceStatus,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import { defineState } from '../world/state.ts';
import type { Scope } from '../world/scope.ts';
import type { PlannedChange } from './plan.ts';
import type { PreparedTemplate } from './prepare-template.ts';
import type { Properties } from './provider.ts';
import type { DeletionPolicy, UpdateReplacePolicy } from './template.ts';

export type Tags = Readonly<Record<string, string>>;
export type OnFailure = 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';

/** A resource of a stack as it was made last. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Absent as long as nothing was made. */
  readonly physicalId: string | undefined;
  readonly status: ResourceStatus;
  readonly statusReason: string | undefined;
  readonly changedAt: Date;
  readonly properties: Properties;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  /** Logical ids of the resources that have to be there before it, and go after it. */
  readonly dependencies: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: UpdateReplacePolicy;
  readonly metadata: unknown;
}

export interface StackOutput {
  readonly name: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason: string | undefined;
  readonly properties: Properties | undefined;
  readonly token: string | undefined;
}

/** What a create or update applies; an update that fails puts the one before back. */
export interface StackContent {
  readonly prepared: PreparedTemplate;
  readonly tags: Tags;
  readonly capabilities: readonly string[];
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  status: StackStatus;
  statusReason: string | undefined;
  updatedAt: Date | undefined;
  deletedAt: Date | undefined;
  /** Undefined as long as a stack is only under review. */
  content: StackContent | undefined;
  roleArn: string | undefined;
  onFailure: OnFailure;
  retainExceptOnCreate: boolean;
  terminationProtection: boolean;
  readonly resources: Map<string, StackResource>;
  /** Replaced resources that are still there, because the update that replaced them neither ended nor was undone. */
  leftovers: readonly StackResource[];
  outputs: readonly StackOutput[];
  /** Names of exports of other stacks that this one uses. */
  imports: ReadonlySet<string>;
  readonly events: StackEvent[];
  /** The change set that was executed last. */
  changeSetId: string | undefined;
  /** The operation that ran last, by its client request token. */
  lastToken: { readonly token: string; readonly request: string } | undefined;
  /** Set while resources are being made for the first time: ends that and goes on with something else. */
  breakOff: ((then: () => void) => void) | undefined;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly createdAt: Date;
  readonly description: string | undefined;
  readonly content: StackContent;
  readonly roleArn: string | undefined;
  /** Undefined leaves it to the execution. */
  readonly onFailure: OnFailure | undefined;
  readonly token: { readonly token: string; readonly request: string } | undefined;
  status: ChangeSetStatus;
  statusReason: string | undefined;
  executionStatus: ExecutionStatus;
  changes: readonly PlannedChange[];
}

interface CloudFormationState {
  /** By id, deleted ones included. */
  readonly stacks: Map<string, Stack>;
  /** By id. */
  readonly changeSets: Map<string, ChangeSet>;
}

export const cloudFormationState = defineState<CloudFormationState>(
  'cloudformation',
  'regional',
  () => ({ stacks: new Map(), changeSets: new Map() }),
);

/** The stack of that name that is not deleted, or the one of that id whatever became of it. */
export function findStack(scope: Scope, nameOrId: string): Stack | undefined {
  const { stacks } = cloudFormationState.in(scope);
  return (
    stacks.get(nameOrId) ??
    [...stacks.values()].find(
      ({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE',
    )
  );
}

/** The stack whose export has that name. */
export function findExport(
  scope: Scope,
  exportName: string,
): { readonly stack: Stack; readonly output: StackOutput } | undefined {
  for (const stack of cloudFormationState.in(scope).stacks.values()) {
    if (stack.status === 'DELETE_COMPLETE') continue;
    const output = stack.outputs.find((candidate) => candidate.exportName === exportName);
    if (output) return { stack, output };
  }
  return undefined;
}

/** The stacks that use an export. */
export const importersOf = (scope: Scope, exportName: string): readonly Stack[] =>
  [...cloudFormationState.in(scope).stacks.values()].filter(
    ({ imports, status }) => status !== 'DELETE_COMPLETE' && imports.has(exportName),
  );
