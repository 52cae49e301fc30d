import type {
  Capability,
  DeploymentTargets,
  StackInstanceDetailedStatus,
  StackInstanceStatus,
  StackSetOperationPreferences,
  StackSetOperationResultStatus,
  StackSetOperationStatus,
} from '@aws-sdk/client-cloudformation';
import type { Tags } from '../../../cloudformation/stack-state.ts';
import type { Template } from '../../../cloudformation/template.ts';
import type { Scope } from '../../../world/scope.ts';
import { defineState } from '../../../world/state.ts';

/** What every stack of a StackSet is made from. */
export interface StackSetContent {
  readonly body: string;
  readonly template: Template;
  /** By parameter: as given, or the template's default. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly capabilities: readonly Capability[];
  readonly tags: Tags;
}

/** The place of one stack of a StackSet; it can be there without a stack. */
export interface StackInstance {
  readonly account: string;
  readonly region: string;
  /** The root or unit that was targeted and that holds the account. */
  organizationalUnitId: string;
  stackId: string | undefined;
  status: StackInstanceStatus;
  detailedStatus: StackInstanceDetailedStatus;
  reason: string | undefined;
  lastOperationId: string | undefined;
  /** By parameter. */
  overrides: ReadonlyMap<string, string>;
}

export type OperationAction = 'CREATE' | 'UPDATE' | 'DELETE';

/** What became of an operation in one account and Region. */
export interface OperationResult {
  readonly account: string;
  readonly region: string;
  readonly organizationalUnitId: string;
  status: StackSetOperationResultStatus;
  reason: string | undefined;
}

export interface StackSetOperation {
  readonly id: string;
  readonly action: OperationAction;
  /** What tells a repeated request from another one with its id. */
  readonly request: string;
  readonly preferences: StackSetOperationPreferences;
  readonly targets: DeploymentTargets | undefined;
  readonly retainStacks: boolean;
  readonly createdAt: Date;
  endedAt: Date | undefined;
  status: StackSetOperationStatus;
  reason: string | undefined;
  /** By account and Region, see {@link instanceKey}. */
  readonly results: Map<string, OperationResult>;
  /** Set while it runs: lets it see that it is to stop. */
  onStop: (() => void) | undefined;
}

/** One account and Region that an operation works on. */
export interface WorkItem {
  readonly account: string;
  readonly region: string;
  readonly organizationalUnitId: string;
}

/** An operation with what it takes to begin it. */
export interface Submission {
  readonly operation: StackSetOperation;
  /** Whether it changes the set itself, and so conflicts with every other operation. */
  readonly changesSet: boolean;
  /** What it would work on now. */
  readonly plan: () => readonly WorkItem[];
  /** Brings set and instances into the state in which the work starts; called once. */
  readonly begin: (items: readonly WorkItem[]) => void;
}

export interface StackSet {
  /** `name:uuid` */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly organizationId: string;
  status: 'ACTIVE' | 'DELETED';
  description: string | undefined;
  content: StackSetContent;
  autoDeployment: { readonly enabled: boolean; readonly retainsStacks: boolean };
  managedExecution: boolean;
  /** By account and Region, see {@link instanceKey}. */
  readonly instances: Map<string, StackInstance>;
  /** Where it deploys by itself: Regions by root or unit. */
  readonly targets: Map<string, Set<string>>;
  readonly operations: Map<string, StackSetOperation>;
  readonly running: Set<Submission>;
  readonly waiting: Submission[];
  /** The token of the request that made it. */
  readonly token: { readonly token: string | undefined; readonly request: string };
}

/**
 * StackSets with service-managed permissions, by id. They live in the management account, whoever administers them.
 *
 * Source: CloudFormation API Reference, CreateStackSet, CallAs.
 */
export const stackSetState = defineState('cloudformation-stack-sets', 'regional', () => ({
  stackSets: new Map<string, StackSet>(),
}));

export const instanceKey = (account: string, region: string): string => `${account}/${region}`;

export const keyOf = ({ account, region }: Pick<WorkItem, 'account' | 'region'>): string =>
  instanceKey(account, region);

/** The StackSet of that name or id that is not deleted. */
export function findStackSet(home: Scope, nameOrId: string): StackSet | undefined {
  const active = [...stackSetState.in(home).stackSets.values()].filter(
    ({ status }) => status === 'ACTIVE',
  );
  return active.find(({ id, name, arn }) => [id, name, arn].includes(nameOrId));
}
