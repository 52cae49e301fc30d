import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { sqsState, type Queue } from './state.ts';

/** Where a queue is, whether it exists or not. */
export interface QueuePlace {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export const queueArn = ({ account, region, name }: QueuePlace): string =>
  `arn:aws:sqs:${region}:${account}:${name}`;

export const queueUrl = ({ account, region, name }: QueuePlace): string =>
  `https://sqs.${region}.amazonaws.com/${account}/${name}`;

/** @throws AwsError InvalidAddress for what is no queue URL of the called Region */
export function placeOfUrl(scope: Scope, url: string | undefined): QueuePlace {
  const match = /^https?:\/\/[^/]+\/(\d{12})\/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)\/?$/.exec(url ?? '');
  const region = /^https?:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\//.exec(url ?? '')?.[1];
  const [, account, name] = match ?? [];
  if (account === undefined || name === undefined || (region ?? scope.region) !== scope.region)
    throw new AwsError(
      'InvalidAddress',
      `The address ${url ?? ''} is not valid for this endpoint.`,
    );
  return { account, region: scope.region, name };
}

/** The place that a queue ARN names, or undefined for any other text. */
export function placeOfArn(arn: string): QueuePlace | undefined {
  const [, region, account, name] =
    /^arn:aws:sqs:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,80}(?:\.fifo)?)$/.exec(arn) ?? [];
  return region === undefined || account === undefined || name === undefined
    ? undefined
    : { account, region, name };
}

export const findQueue = (scope: Scope, place: QueuePlace): Queue | undefined =>
  sqsState.in(scope.at(place)).queues.get(place.name);

export const noSuchQueue = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');

/** @throws AwsError QueueDoesNotExist */
export function queueOfUrl(scope: Scope, url: string | undefined): Queue {
  const queue = findQueue(scope, placeOfUrl(scope, url));
  if (!queue) throw noSuchQueue();
  queue.activeAt = scope.now;
  return queue;
}

const callerAccount = (call: Call): string | undefined =>
  call.caller.kind === 'service' ? undefined : call.caller.account;

/**
 * What SQS checks for an action on a queue. A caller from outside of the owner's account does not learn whether a queue
 * exists that it has no permission for; actions without cross-account permissions ignore the policy for such callers.
 *
 * Source: SQS Developer Guide, "Amazon SQS API permissions", cross-account permissions.
 */
export function queueCheck(
  call: Call,
  place: QueuePlace,
  action: string,
  options: { crossAccount: boolean; context?: AccessCheck['context'] },
): AccessCheck {
  const queue = findQueue(call, place);
  const own = callerAccount(call) === place.account;
  if (!queue && !own) throw noSuchQueue();
  return {
    action: `sqs:${action}`,
    resource: queueArn(place),
    resourceAccount: place.account,
    resourcePolicy: own || options.crossAccount ? queue?.settings.policy : undefined,
    context: { ...tagContext(queue), ...options.context },
  };
}

export const tagContext = (queue: Queue | undefined): Record<string, string> =>
  Object.fromEntries(
    [...(queue?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );

/** `authorize` of an operation that names its queue by URL. */
export const checkByUrl =
  (action: string, options: { crossAccount: boolean }) =>
  (input: { QueueUrl?: string | undefined }, call: Call): AccessCheck =>
    queueCheck(call, placeOfUrl(call, input.QueueUrl), action, options);
