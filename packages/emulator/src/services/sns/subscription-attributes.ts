import { AwsError } from '../../world/aws-error.ts';
import { isRecord } from '../../wire/scalars.ts';
import { compilePattern, InvalidPattern } from '../events/pattern.ts';
import { placeOfArn } from '../sqs/queue-lookup.ts';
import type { Subscription } from './state.ts';
import { invalidParameter, type TopicSubscription } from './topic-lookup.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

// SNS Developer Guide, "Filter policy constraints".
const filterBytesMax = 262_144;
const filterCombinationsMax = 150;
const filterKeysMax = 5;
const filtersMax = 200; // of one topic
const numberMax = 1e9;

/** @throws AwsError FilterPolicyLimitExceeded */
function requireRoom({ topic, subscription }: TopicSubscription): void {
  const others = [...topic.subscriptions.values()].filter(
    (other) => other !== subscription && other.filterText !== undefined,
  );
  if (others.length >= filtersMax)
    throw new AwsError(
      'FilterPolicyLimitExceeded',
      `A topic has at most ${filtersMax} filter policies.`,
    );
}

/** Numbers that EventBridge takes and SNS does not. */
const hasLargeNumber = (value: unknown): boolean =>
  typeof value === 'number'
    ? Math.abs(value) > numberMax
    : typeof value === 'object' && value !== null && Object.values(value).some(hasLargeNumber);

/** What a filter policy counts: its leaf keys, and the product of their values with the nesting depth. */
interface FilterSize {
  readonly keys: number;
  readonly combinations: number;
}

function sizeOf(policy: unknown, depth: number): FilterSize {
  if (!isRecord(policy) || Array.isArray(policy)) return { keys: 0, combinations: 1 };
  let keys = 0;
  let combinations = 1;
  for (const [key, value] of Object.entries(policy)) {
    if (key === '$or' && Array.isArray(value)) {
      const branches = value.map((branch) => sizeOf(branch, depth));
      keys += branches.reduce((sum, branch) => sum + branch.keys, 0);
      combinations *= branches.reduce((sum, branch) => sum + branch.combinations, 0);
    } else if (Array.isArray(value)) {
      keys += 1;
      combinations *= value.length * depth;
    } else {
      const inner = sizeOf(value, depth + 1);
      keys += inner.keys;
      combinations *= inner.combinations;
    }
  }
  return { keys, combinations };
}

function readFilter(text: string, scope: Subscription['filterScope']) {
  const refuse = (reason: string): AwsError =>
    invalidParameter(`Attributes Reason: FilterPolicy: ${reason}`);
  if (Buffer.byteLength(text) > filterBytesMax) throw refuse('the policy is too large');
  let parsed: unknown;
  try {
    parsed = parseShallowJson(text);
    if (isRecord(parsed) && Object.keys(parsed).length === 0) return undefined;
    const filter = compilePattern(parsed);
    const isNested =
      isRecord(parsed) &&
      Object.entries(parsed).some(([key, value]) => key !== '$or' && !Array.isArray(value));
    if (scope === 'MessageAttributes' && isNested)
      throw refuse('Filter policy scope MessageAttributes does not support nested filter policy');
    if (hasLargeNumber(parsed)) throw refuse(`numbers go from -${numberMax} to ${numberMax}`);
    const { keys, combinations } = sizeOf(parsed, 1);
    if (keys > filterKeysMax)
      throw refuse(`Filter policy can not have more than ${filterKeysMax} keys`);
    if (combinations > filterCombinationsMax)
      throw refuse(`Filter policy is too complex: ${combinations} combinations`);
    return filter;
  } catch (cause) {
    if (cause instanceof SyntaxError) throw refuse('failed to parse JSON.');
    if (cause instanceof InvalidPattern) throw refuse(cause.message);
    throw cause;
  }
}

function readRedrivePolicy(subscription: Subscription, text: string): string {
  const refuse = (reason: string): AwsError =>
    invalidParameter(`Attributes Reason: RedrivePolicy: ${reason}`);
  let parsed: unknown;
  try {
    parsed = parseShallowJson(text);
  } catch {
    throw refuse('failed to parse JSON.');
  }
  const arn = isRecord(parsed) ? parsed['deadLetterTargetArn'] : undefined;
  const place = typeof arn === 'string' ? placeOfArn(arn) : undefined;
  if (typeof arn !== 'string' || !place)
    throw refuse('deadLetterTargetArn is not the ARN of a queue');
  if (place.name.endsWith('.fifo'))
    throw refuse('must use a standard queue as the dead-letter queue');
  const region = subscription.arn.split(':')[3];
  if (place.region !== region || place.account !== subscription.owner)
    throw refuse('deadLetterTargetArn is in another account or Region');
  return arn;
}

/**
 * Sets one attribute of a subscription.
 *
 * @throws AwsError InvalidParameter, also for attributes that are not modelled
 */
export function setSubscriptionAttribute(
  { topic, subscription }: TopicSubscription,
  name: string,
  value: string,
): void {
  switch (name) {
    case 'FilterPolicyScope':
      if (value !== 'MessageAttributes' && value !== 'MessageBody')
        throw invalidParameter(`FilterPolicyScope: Invalid value [${value}].`);
      if (subscription.filterText !== undefined)
        subscription.filter = readFilter(subscription.filterText, value);
      subscription.filterScope = value;
      return;
    case 'FilterPolicy':
      if (value !== '' && value !== '{}') requireRoom({ topic, subscription });
      subscription.filter = value === '' ? undefined : readFilter(value, subscription.filterScope);
      // An empty filter policy is none.
      subscription.filterText = subscription.filter === undefined ? undefined : value;
      return;
    case 'RawMessageDelivery':
      if (value !== 'true' && value !== 'false')
        throw invalidParameter(
          'Attributes Reason: RawMessageDelivery: Invalid value. Must be true or false.',
        );
      if (value === 'true' && subscription.protocol !== 'sqs')
        throw invalidParameter(
          `Attributes Reason: RawMessageDelivery: Not supported for protocol ${subscription.protocol}.`,
        );
      subscription.rawMessageDelivery = value === 'true';
      return;
    case 'RedrivePolicy':
      subscription.deadLetterQueueArn =
        value === '' ? undefined : readRedrivePolicy(subscription, value);
      subscription.redriveText = value === '' ? undefined : value;
      return;
    default:
      throw invalidParameter(`AttributeName Reason: ${name} is not modelled by this emulator`);
  }
}

/** The attributes in the form that clients get them. */
export const subscriptionAttributes = (subscription: Subscription): Record<string, string> => ({
  SubscriptionArn: subscription.arn,
  TopicArn: subscription.topicArn,
  Owner: subscription.owner,
  Protocol: subscription.protocol,
  Endpoint: subscription.endpoint,
  PendingConfirmation: String(subscription.isPending),
  ConfirmationWasAuthenticated: String(subscription.isAuthenticated),
  ...(subscription.principalArn === undefined
    ? {}
    : { SubscriptionPrincipal: subscription.principalArn }),
  RawMessageDelivery: String(subscription.rawMessageDelivery),
  ...(subscription.filterText === undefined
    ? {}
    : { FilterPolicy: subscription.filterText, FilterPolicyScope: subscription.filterScope }),
  ...(subscription.redriveText === undefined ? {} : { RedrivePolicy: subscription.redriveText }),
});
