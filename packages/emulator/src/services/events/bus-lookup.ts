import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { eventsState, type EventBus, type Rule } from './state.ts';

/** Where a bus is, whether it exists or not. */
export interface BusPlace {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export const busArn = ({ account, region, name }: BusPlace): string =>
  `arn:aws:events:${region}:${account}:event-bus/${name}`;

/** Rules of the default bus carry no bus name in their ARN. */
export const ruleArn = (bus: BusPlace, rule: string): string =>
  `arn:aws:events:${bus.region}:${bus.account}:rule/${bus.name === 'default' ? '' : `${bus.name}/`}${rule}`;

export function placeOfBusArn(arn: string): BusPlace | undefined {
  const [, region, account, name] =
    /^arn:aws:events:([a-z0-9-]+):(\d{12}):event-bus\/([A-Za-z0-9._/-]{1,256})$/.exec(arn) ?? [];
  return region === undefined || account === undefined || name === undefined
    ? undefined
    : { region, account, name };
}

/**
 * The bus that a name or ARN means; the default bus when left out.
 *
 * @throws AwsError ValidationException
 */
export function placeOfBus(scope: Scope, nameOrArn: string | undefined): BusPlace {
  if (nameOrArn?.startsWith('arn:') === true) {
    const place = placeOfBusArn(nameOrArn);
    if (!place) throw validation(`${nameOrArn} is not the ARN of an event bus.`);
    return place;
  }
  const name = nameOrArn ?? 'default';
  if (!/^[A-Za-z0-9._-]{1,256}$/.test(name)) throw validation(`${name} is not a valid event bus.`);
  return { account: scope.account, region: scope.region, name };
}

/** @throws AwsError ValidationException for a bus of another account, whose rules are not modelled from outside */
export function ownPlaceOfBus(scope: Scope, nameOrArn: string | undefined): BusPlace {
  const place = placeOfBus(scope, nameOrArn);
  if (place.account !== scope.account || place.region !== scope.region)
    throw validation(
      `rules on buses of other accounts or Regions are not modelled by this emulator`,
    );
  return place;
}

export const validation = (message: string): AwsError =>
  new AwsError('ValidationException', message);

export const findBus = (scope: Scope, place: BusPlace): EventBus | undefined =>
  eventsState.in(scope.at(place)).buses.get(place.name);

/** @throws AwsError ResourceNotFoundException */
export function requireBus(scope: Scope, place: BusPlace): EventBus {
  const bus = findBus(scope, place);
  if (!bus)
    throw new AwsError('ResourceNotFoundException', `Event bus ${place.name} does not exist.`);
  return bus;
}

/** @throws AwsError ResourceNotFoundException */
export function requireRule(
  scope: Scope,
  input: { readonly name: string | undefined; readonly bus: string | undefined },
): Rule {
  const place = ownPlaceOfBus(scope, input.bus);
  const rule = requireBus(scope, place).rules.get(input.name ?? '');
  if (!rule)
    throw new AwsError(
      'ResourceNotFoundException',
      `Rule ${input.name ?? ''} does not exist on EventBus ${place.name}.`,
    );
  return rule;
}
