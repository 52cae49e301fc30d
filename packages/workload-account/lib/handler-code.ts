import { fileURLToPath } from 'node:url';

import { bundleHandler } from '@golden/constructs/bundle-handler.ts';

/** The handlers of a workload account, by the folder that they live in. */
export type HandlerName = 'workload';

/** The source of a handler's inline function. */
export const handlerCode = (name: HandlerName): string =>
  bundleHandler(fileURLToPath(new URL(`../src/handlers/${name}/handler.ts`, import.meta.url)));
