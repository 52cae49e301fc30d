import type { ImageLine } from '@golden/shared/model/ids.ts';
import { readConfig } from '@golden/shared/runtime/config.ts';
import { announce } from '../../rollout/announce.ts';
import { liveSettleDeps } from '../../rollout/settle-deps.ts';
import { settleRollout } from '../../rollout/settle-rollout.ts';
import type { SettleDeps } from '../../rollout/settle-rollout.ts';
import { configSchema } from './config.ts';
import { stopOfError } from './decide.ts';
import { parseFinishRequest } from './parse.ts';

/** Brings a rollout to its end, on whichever path it came here. */
export const makeHandler =
  (deps: SettleDeps & { line: ImageLine }) =>
  async (event: unknown): Promise<Record<string, never>> => {
    const { rolloutId, begun, error } = parseFinishRequest(event);
    if (begun) await announce(begun, deps);
    await settleRollout(rolloutId, error && stopOfError(error), deps);
    return {};
  };

const config = readConfig(configSchema, process.env);
export const handler = makeHandler({ ...liveSettleDeps(config), line: config.LINE });
