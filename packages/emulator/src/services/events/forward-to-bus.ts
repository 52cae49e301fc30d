import { AwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { serviceSession } from '../iam/service-session.ts';
import { busArn, findBus, placeOfBusArn } from './bus-lookup.ts';
import type { Delivery } from './deliver.ts';
import { eventIntake } from './publish.ts';

/**
 * Passes an event on to another bus as the target's role. It keeps its id, source, account and time. An event that came
 * from another account or Region goes no further than this one.
 *
 * Source: EventBridge User Guide, "Event buses as targets"; error codes THIRD_ACCOUNT_HOP_DETECTED and
 * THIRD_REGION_HOP_DETECTED of its dead-letter queues.
 *
 * @throws AwsError when the role cannot be assumed, may not put events, or the bus is missing
 */
export function forwardToBus(scope: Scope, { rule, target, event }: Delivery): void {
  const place = placeOfBusArn(target.Arn);
  if (!place) throw new TypeError(`${target.Arn} is not an event bus`);
  const leavesAccount = place.account !== rule.account;
  const leavesRegion = place.region !== rule.region;
  if (leavesAccount && event.account !== rule.account)
    throw new AwsError('InvalidThirdAccountHop', 'the event came from another account already');
  if (leavesRegion && event.region !== rule.region)
    throw new AwsError('InvalidThirdRegionHop', 'the event came from another Region already');
  const there = scope.at(place);
  const caller = serviceSession(scope, {
    roleArn: target.RoleArn ?? '',
    service: 'events.amazonaws.com',
    sessionName: rule.name,
    sourceArn: rule.arn,
    sourceAccount: rule.account,
  });
  const bus = findBus(scope, place);
  if (!bus)
    throw new AwsError('ResourceNotFoundException', `Event bus ${target.Arn} does not exist.`);
  const call = new Call({
    world: scope.world,
    account: place.account,
    region: place.region,
    service: 'events',
    caller,
    requestId: scope.uuid('request'),
    operationName: 'PutEvents',
    via: ['events.amazonaws.com'],
  });
  call.require({
    action: 'events:PutEvents',
    resource: busArn(place),
    resourceAccount: place.account,
    resourcePolicy: bus.policy,
    context: { 'events:source': event.source, 'events:detail-type': event['detail-type'] },
  });
  eventIntake.in(scope).receive?.(there, place.name, event);
}
