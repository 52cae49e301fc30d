import { DescribeAlarmsCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import type { Scope } from '../../world/scope.ts';
import { ownRole } from './service-role.ts';
import type { Refresh } from './state.ts';

/** An alarm as it stands now; `undefined` when there is none of this name. */
export interface AlarmReading {
  readonly name: string;
  readonly state: StateValue | undefined;
}

/** The alarms that a refresh watches. */
export const alarmsOf = ({ AlarmSpecification }: Refresh['preferences']): readonly string[] =>
  AlarmSpecification?.Alarms ?? [];

/**
 * Reads alarms of the group's account and Region, metric and composite ones, as Auto Scaling itself.
 *
 * Source: EC2 Auto Scaling User Guide, "Start an instance refresh with auto rollback".
 */
export async function readAlarms(
  scope: Scope,
  names: readonly string[],
): Promise<readonly AlarmReading[]> {
  if (names.length === 0) return [];
  const states = new Map<string, StateValue | undefined>();
  let token: string | undefined;
  do {
    const page = await scope.send(
      new DescribeAlarmsCommand({
        AlarmNames: [...names],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        ...(token === undefined ? {} : { NextToken: token }),
      }),
      { as: ownRole(scope) },
    );
    for (const { AlarmName = '', StateValue: value } of [
      ...(page.MetricAlarms ?? []),
      ...(page.CompositeAlarms ?? []),
    ])
      states.set(AlarmName, value);
    token = page.NextToken;
  } while (token !== undefined);
  return names.map((name) => ({ name, state: states.get(name) }));
}
