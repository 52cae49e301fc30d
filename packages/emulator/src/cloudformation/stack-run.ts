import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';
import { isAwsError } from '../world/aws-error.ts';
import type { Scope } from '../world/scope.ts';
import type { Actor } from './actor.ts';
import { Deployment, NotReadyYet, type Properties } from './provider.ts';
import { noteStatus } from './stack-settled.ts';
import type { Stack, StackResource, Tags } from './stack-state.ts';
import { PropertyError } from './to-service-input.ts';

/** One operation on one stack, from its call to its end. */
export interface StackRun {
  readonly scope: Scope;
  readonly stack: Stack;
  readonly actor: Actor;
  /** The client request token, which every event of the operation carries. */
  readonly token: string | undefined;
}

const stackType = 'AWS::CloudFormation::Stack';

interface EventDetail {
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason?: string | undefined;
  readonly properties?: Properties | undefined;
}

function addEvent({ scope, stack, token }: StackRun, detail: EventDetail): void {
  const { logicalId, physicalId, type, status, reason, properties } = detail;
  stack.events.push({
    id:
      type === stackType
        ? scope.uuid('event')
        : `${logicalId}-${status}-${scope.date.toISOString()}`,
    at: scope.date,
    logicalId,
    physicalId,
    type,
    status,
    reason,
    properties,
    token,
  });
  scope.record('StackEvent', {
    stack: stack.name,
    logicalId,
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Clean-up and review statuses come in events too, though the model of events does not list them. */
const eventStatus = (status: StackStatus): ResourceStatus => status as ResourceStatus;

export function setStackStatus(run: StackRun, status: StackStatus, reason?: string): void {
  const { stack } = run;
  stack.status = status;
  stack.statusReason = reason;
  addEvent(run, {
    logicalId: stack.name,
    physicalId: stack.id,
    type: stackType,
    status: eventStatus(status),
    reason,
  });
  noteStatus(stack);
}

/** Notes a resource's new state in the stack and in its events. */
export function setResource(
  run: StackRun,
  resource: Omit<StackResource, 'changedAt' | 'statusReason'> & {
    readonly statusReason?: string | undefined;
  },
): StackResource {
  const noted: StackResource = {
    ...resource,
    statusReason: resource.statusReason,
    changedAt: run.scope.date,
  };
  run.stack.resources.set(resource.logicalId, noted);
  noteResource(run, noted);
  return noted;
}

/** An event about a resource that is not, or not any more, the one that the stack knows under that name. */
export function noteResource(run: StackRun, resource: StackResource): void {
  addEvent(run, { ...resource, reason: resource.statusReason });
}

export function deploymentOf(
  run: StackRun,
  logicalId: string,
  stackTags: Tags,
  previousStackTags: Tags = stackTags,
): Deployment {
  const { scope, stack, actor } = run;
  return new Deployment({
    world: scope.world,
    account: scope.account,
    region: scope.region,
    stackId: stack.id,
    stackName: stack.name,
    logicalId,
    principal: actor.principal,
    via: actor.via,
    stackTags,
    previousStackTags,
  });
}

// CloudFormation does not say how often and how long it waits for eventual consistency; a minute covers IAM's.
const readyAttemptsMax = 30;
const readyDelayMs = 2_000;

/** Does something that may have to wait for another change to count everywhere. */
export async function whenReady<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotReadyYet) || attempt >= readyAttemptsMax) throw error;
      await scope.world.scheduler.sleep(readyDelayMs);
    }
  }
}

/** Why work on a resource failed, said by CloudFormation itself. */
export class ResourceFailure extends Error {
  override readonly name = 'ResourceFailure';
}

/**
 * The status reason for a failure.
 *
 * @throws the error itself when it is a defect of the emulator
 */
export function reasonOf(scope: Scope, logicalId: string, error: unknown): string {
  if (error instanceof ResourceFailure) return error.message;
  if (error instanceof PropertyError)
    return `Properties validation failed for resource ${logicalId} with message:\n${error.message}`;
  if (error instanceof NotReadyYet) return handlerMessage(scope, error.message, 'NotStabilized');
  if (isAwsError(error)) return handlerMessage(scope, error.message, handlerErrorCode(error.code));
  throw error;
}

const handlerMessage = (scope: Scope, message: string, code: string): string =>
  `Resource handler returned message: "${message}" (RequestToken: ${scope.uuid('handler-request')}, HandlerErrorCode: ${code})`;

/** Source: CloudFormation CLI User Guide, "Handler error codes". */
function handlerErrorCode(code: string): string {
  if (/AccessDenied|Unauthorized|NotAuthorized/i.test(code)) return 'AccessDenied';
  if (/AlreadyExist|Duplicate|AlreadyOwned/i.test(code)) return 'AlreadyExists';
  if (/NotFound|NoSuch|NonExistent|DoesNotExist/i.test(code)) return 'NotFound';
  if (/Throttl|TooManyRequests|SlowDown/i.test(code)) return 'Throttling';
  if (/LimitExceeded|QuotaExceeded/i.test(code)) return 'ServiceLimitExceeded';
  if (/Conflict|InUse|ConcurrentModification/i.test(code)) return 'ResourceConflict';
  if (/Valid|Invalid|Malformed|BadRequest|Missing/i.test(code)) return 'InvalidRequest';
  return 'GeneralServiceException';
}
