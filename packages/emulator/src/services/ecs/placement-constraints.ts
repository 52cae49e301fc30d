import type * as client from '@aws-sdk/client-ecs';
import { invalidParameter, notModelled } from './errors.ts';
import type { ContainerInstance } from './state.ts';

const memberOf = /^attribute:([\w.\-/]+)\s*==\s*['"]?([\w.\-/:]+)['"]?$/;

/** @throws AwsError for constraints that are not modelled: of the query language, only `attribute:name == value` is */
export function checkConstraints(
  constraints: readonly client.PlacementConstraint[] | undefined,
): void {
  for (const { type, expression } of constraints ?? []) {
    if (type === 'distinctInstance') {
      if (expression !== undefined)
        throw invalidParameter('An expression is not valid for the constraint distinctInstance.');
      continue;
    }
    if (!memberOf.test(expression ?? '')) throw notModelled(`the expression ${expression ?? ''}`);
  }
}

/** Whether an instance fits the `memberOf` constraints. */
export const isMember = (
  instance: ContainerInstance,
  constraints: readonly client.PlacementConstraint[],
): boolean =>
  constraints.every(({ type, expression }) => {
    if (type !== 'memberOf') return true;
    const [, name = '', value] = memberOf.exec(expression ?? '') ?? [];
    return instance.attributes.get(name)?.value === value;
  });

export const wantsDistinctInstances = (
  constraints: readonly client.PlacementConstraint[],
): boolean => constraints.some(({ type }) => type === 'distinctInstance');

const spreadFields = /^(instanceId|host|attribute:[\w.\-/]+)$/;

/** @throws AwsError for a strategy that AWS or this emulator does not know */
export function checkStrategies(strategies: readonly client.PlacementStrategy[] | undefined): void {
  for (const { type, field = '' } of strategies ?? []) {
    if (type === 'random') throw notModelled('the placement strategy random');
    if (type === 'binpack' && !/^(cpu|memory)$/i.test(field))
      throw invalidParameter(`Invalid placement strategy field: ${field}`);
    if (type === 'spread' && !spreadFields.test(field))
      throw invalidParameter(`Invalid placement strategy field: ${field}`);
  }
}

/** Source: ECS Developer Guide, "How Amazon ECS places tasks": what a service without strategies gets */
export const defaultStrategies: readonly client.PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
];
