import type { Target } from '../target.ts';
import { endpointTargets } from './endpoint.ts';
import { handlerTargets } from './handlers.ts';
import { languageTargets } from './languages.ts';
import { machineTarget } from './machine.ts';
import { payloadTargets } from './payloads.ts';
import { socketTarget } from './socket.ts';

/** Everything that takes what others send. */
export const allTargets: readonly Target[] = [
  ...handlerTargets,
  machineTarget,
  ...endpointTargets,
  socketTarget,
  ...languageTargets,
  ...payloadTargets,
];
