import {
  CloudWatchClient,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import type { FleetStage, Place } from './fleet-stage.ts';

/** The name of the alarm of ECS errors that the workload stack has made at a place; undefined where that stack is gone. */
export async function findErrorAlarm(
  { infra }: FleetStage,
  place: Place,
): Promise<string | undefined> {
  const client = infra.client(CloudWatchClient, place);
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {}))
    for (const { AlarmName = '' } of MetricAlarms)
      if (AlarmName.includes('EcsErrorsAlarm')) return AlarmName;
  return undefined;
}

/** @throws Error where there is none */
export async function errorAlarmName(fleet: FleetStage, place: Place): Promise<string> {
  const name = await findErrorAlarm(fleet, place);
  if (name === undefined)
    throw new Error(`${place.account.name} has no alarm of ECS errors in ${place.region}`);
  return name;
}

/** Somebody says that the alarm of ECS errors is in a state; all that follows is as if it were. */
export async function setErrorAlarm(
  fleet: FleetStage,
  place: Place,
  state: StateValue,
): Promise<void> {
  await fleet.infra.client(CloudWatchClient, place).send(
    new SetAlarmStateCommand({
      AlarmName: await errorAlarmName(fleet, place),
      StateValue: state,
      StateReason: 'by hand',
    }),
  );
}

export const raiseAlarm = (fleet: FleetStage, place: Place): Promise<void> =>
  setErrorAlarm(fleet, place, 'ALARM');
