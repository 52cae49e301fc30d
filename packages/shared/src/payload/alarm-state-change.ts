import { requireShape } from './shape.ts';

/** EventBridge's event of an alarm, as far as it is used. Source: CloudWatch User Guide, "Alarm events and EventBridge". */
export interface AlarmStateChange {
  detail: {
    alarmName: string;
    /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
    state: { value: string };
  };
}

export const isAlarmStateChange = (event: unknown): event is AlarmStateChange => {
  if (typeof event !== 'object' || event === null || !('detail-type' in event)) return false;
  requireShape(
    event,
    { detail: { alarmName: /^.{1,255}$/, state: { value: /^\w{1,32}$/ } } },
    { what: 'alarm event', isClosed: false },
  );
  return true;
};
