import type * as client from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { busPolicyText } from './bus-policy.ts';
import { busArn, findBus, ownPlaceOfBus, requireBus, validation } from './bus-lookup.ts';
import { eventsState, newBus, type EventBus } from './state.ts';
import { addTags, requestTagContext, resourceTagContext } from './tags.ts';

const busesMax = 100; // EventBridge quotas: event buses per account and Region
const listMax = 100; // EventBridge API reference, ListEventBuses, Limit

function busCheck(call: Call, name: string | undefined, action: string): AccessCheck {
  const place = ownPlaceOfBus(call, name);
  return {
    action: `events:${action}`,
    resource: busArn(place),
    context: resourceTagContext(findBus(call, place)?.tags),
  };
}

export const createEventBus = operation<
  client.CreateEventBusCommandInput,
  Partial<client.CreateEventBusCommandOutput>
>({
  authorize(input, call) {
    const check = busCheck(call, input.Name, 'CreateEventBus');
    const context = { ...check.context, ...requestTagContext(input.Tags) };
    const create = { ...check, context };
    return input.Tags?.length ? [create, { ...create, action: 'events:TagResource' }] : create;
  },
  run(input, call) {
    refuseUnmodelled(
      input,
      ['EventSourceName', 'KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig'],
      'ValidationException',
    );
    const place = ownPlaceOfBus(call, input.Name);
    const { buses } = eventsState.in(call);
    if (buses.has(place.name))
      throw new AwsError(
        'ResourceAlreadyExistsException',
        `Event bus ${place.name} already exists.`,
      );
    if (buses.size >= busesMax)
      throw new AwsError(
        'LimitExceededException',
        'The requested resource exceeds the maximum number allowed.',
      );
    const bus = newBus(place.name, call.now);
    bus.description = input.Description;
    addTags(call, bus.tags, input.Tags, tagCodes);
    buses.set(place.name, bus);
    return { EventBusArn: busArn(place), Description: input.Description };
  },
});

export const tagCodes = { invalid: 'ValidationException', tooMany: 'LimitExceededException' };

export const updateEventBus = operation<
  client.UpdateEventBusCommandInput,
  Partial<client.UpdateEventBusCommandOutput>
>({
  authorize: (input, call) => busCheck(call, input.Name, 'UpdateEventBus'),
  run(input, call) {
    refuseUnmodelled(
      input,
      ['KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig'],
      'ValidationException',
    );
    const place = ownPlaceOfBus(call, input.Name);
    const bus = requireBus(call, place);
    bus.description = input.Description;
    bus.modifiedAt = call.now;
    return { Arn: busArn(place), Name: bus.name, Description: bus.description };
  },
});

export const deleteEventBus = operation<
  client.DeleteEventBusCommandInput,
  Partial<client.DeleteEventBusCommandOutput>
>({
  authorize: (input, call) => busCheck(call, input.Name, 'DeleteEventBus'),
  run(input, call) {
    const place = ownPlaceOfBus(call, input.Name);
    if (place.name === 'default') throw validation('Cannot delete event bus default.');
    const bus = findBus(call, place);
    if (bus && bus.rules.size > 0)
      throw validation(`Event bus ${place.name} cannot be deleted while it has rules.`);
    // Deleting what is gone is a success.
    eventsState.in(call).buses.delete(place.name);
    return {};
  },
});

const describe = (call: Call, bus: EventBus) => ({
  Name: bus.name,
  Arn: busArn({ account: call.account, region: call.region, name: bus.name }),
  Description: bus.description,
  Policy: busPolicyText(bus),
  CreationTime: bus.createdAt === undefined ? undefined : new Date(bus.createdAt),
  LastModifiedTime: bus.modifiedAt === undefined ? undefined : new Date(bus.modifiedAt),
});

export const describeEventBus = operation<
  client.DescribeEventBusCommandInput,
  Partial<client.DescribeEventBusCommandOutput>
>({
  authorize: (input, call) => busCheck(call, input.Name, 'DescribeEventBus'),
  run: (input, call) => describe(call, requireBus(call, ownPlaceOfBus(call, input.Name))),
});

export const listEventBuses = operation<
  client.ListEventBusesCommandInput,
  Partial<client.ListEventBusesCommandOutput>
>({
  // ListEventBuses has no resource-level permission.
  authorize: () => ({ action: 'events:ListEventBuses', resource: '*' }),
  run(input, call) {
    const prefix = input.NamePrefix ?? '';
    const buses = [...eventsState.in(call).buses.values()].filter(({ name }) =>
      name.startsWith(prefix),
    );
    const page = paginate(call, buses, {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.Limit,
      sizeMax: listMax,
      invalidToken: 'ValidationException',
    });
    return { EventBuses: page.items.map((bus) => describe(call, bus)), NextToken: page.nextToken };
  },
});
