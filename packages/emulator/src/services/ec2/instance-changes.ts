import { defineWatch } from '../../world/watch.ts';
import type { Instance } from './state.ts';

/** An instance has entered another state: services that manage instances follow it at once. */
export const instanceChanges = defineWatch<Instance>('ec2-instance-changes');
