import { fileURLToPath } from 'node:url';

import { bundleHandler } from '@golden/constructs/bundle-handler.ts';

/** The handlers of the infra account, by the folder that they live in. */
export const handlerNames = [
  'start-build',
  'fan-out',
  'reach-account',
  'acquire-line',
  'list-targets',
  'steer-target',
  'plan-rollout',
  'gate-wave',
  'judge-wave',
  'finish-rollout',
  'revoke-image',
] as const;

export type HandlerName = (typeof handlerNames)[number];

/** The source of a handler's inline function. */
export const handlerCode = (name: HandlerName): string =>
  bundleHandler(fileURLToPath(new URL(`../src/handlers/${name}/handler.ts`, import.meta.url)));
