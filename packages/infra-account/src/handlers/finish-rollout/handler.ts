import { readConfig } from '@golden/shared/runtime/config.ts';
import { liveSettleDeps } from '../../rollout/settle-deps.ts';
import { settleRollout } from '../../rollout/settle-rollout.ts';
import type { SettleDeps } from '../../rollout/settle-rollout.ts';
import { configSchema } from './config.ts';
import { stopOfError } from './decide.ts';
import { parseFinishRequest } from './parse.ts';

/** Brings a rollout to its end, on whichever path it came here. */
export const makeHandler =
  (deps: SettleDeps) =>
  async (event: unknown): Promise<Record<string, never>> => {
    const { rolloutId, error } = parseFinishRequest(event);
    await settleRollout(rolloutId, error && stopOfError(error), deps);
    return {};
  };

export const handler = makeHandler(liveSettleDeps(readConfig(configSchema, process.env)));
