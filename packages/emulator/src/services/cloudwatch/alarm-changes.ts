import { defineWatch } from '../../world/watch.ts';

/** An alarm has entered another state or is gone: services that watch alarms by name look again. */
export const alarmChanges = defineWatch<{ readonly name: string }>('cloudwatch-alarm-changes');
