import type { ResourceProvider } from '../cloudformation/provider.ts';
import type { ContextValue } from '../iam/condition-context.ts';
import type { ResourcePolicyMode } from '../iam/evaluate.ts';
import type { CompiledPolicy } from '../iam/compiled-policy.ts';
import type { ServiceModel } from '../wire/model.ts';
import type { AwsError } from './aws-error.ts';
import type { Call } from './call.ts';
import type { InputProblem } from './input-problem.ts';
import type { Scope } from './scope.ts';
import type { Throttle } from './throttle.ts';

/** What AWS checks of a caller before it does anything: one action on one resource. */
export interface AccessCheck {
  /** e.g. `sqs:SendMessage` */
  readonly action: string;
  /** The resource's ARN, or `*` where AWS has no resource-level permission for the action. */
  readonly resource: string;
  /** Service and resource condition keys, e.g. `{'aws:ResourceTag/team': 'x'}`. Global keys are added by the dispatcher. */
  readonly context?: Readonly<Record<string, ContextValue | undefined>>;
  /** The resource's own policy, where the service has resource policies and this resource carries one. */
  readonly resourcePolicy?: CompiledPolicy | undefined;
  readonly resourcePolicyMode?: ResourcePolicyMode;
  /** The account that owns the resource, when it is not the called account. */
  readonly resourceAccount?: string;
}

/**
 * One operation of a service.
 *
 * `authorize` is mandatory: no operation can be reached without saying what AWS checks. It sees only input that fits
 * the model. An operation that AWS lets everybody call (`sts:GetCallerIdentity`) returns an empty list and says why.
 */
export interface Operation<I = never, O = unknown> {
  readonly authorize: (input: I, call: Call) => AccessCheck | readonly AccessCheck[];
  readonly run: (input: I, call: Call) => O | Promise<O>;
}

/** Declares an operation with the SDK's own input and output types. */
export const operation = <I, O>(definition: Operation<I, O>): Operation => definition;

/** One AWS service: its schemas, its operations, how it says no. */
export interface ServiceDefinition {
  /** The prefix in IAM actions, e.g. `cloudwatch` where the signing name is `monitoring`. */
  readonly name: string;
  readonly model: ServiceModel;
  /** Global services answer in every Region with the state of one. */
  readonly scope: 'regional' | 'global';
  readonly operations: Readonly<Record<string, Operation>>;
  /** The error of a refused call; services differ in code and status. */
  readonly accessDenied: { readonly code: string; readonly status: number };
  /** The code of the error of an input that does not fit the model. */
  readonly validationError: string;
  /**
   * The error of an input with required members missing or constraints broken, where the service does not answer
   * `1 validation error detected: ...` with the code above.
   */
  readonly refuseInput?: (problems: readonly InputProblem[], operation: string) => AwsError;
  /** Operations that check required members and constraints themselves, with errors of their own. */
  readonly ownChecks?: ReadonlySet<string>;
  /** The documented limits of the rate of calls, where there are any. */
  readonly throttle?: Throttle;
  /** How CloudFormation makes this service's resource types. */
  readonly resources?: readonly ResourceProvider[];
  /** Called once when a world is made: subscriptions to what happens elsewhere, standing background work. */
  readonly start?: (root: Scope) => void;
}
