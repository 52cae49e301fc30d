import { defineState } from '../../../world/state.ts';
import type { StartMapRun } from '../engine-seam.ts';

/** Set when a world is made: map runs start executions of the engine, which knows no more of them than this. */
export const mapRunStarter = defineState(
  'stepfunctions-map-run-starter',
  'global',
  (): { start: StartMapRun } => ({
    start: () => Promise.reject(new TypeError('this world was made without Step Functions')),
  }),
);
