import type { LoadedGroup, RefreshPlan } from '@golden/shared/aws/auto-scaling.ts';
import { healthyBounds } from './decide/healthy-bounds.ts';
import type { Deps } from './deps.ts';

/**
 * Starts an instance refresh to numbered versions. A guarded one goes back by itself when the alarm fires; a way back is not
 * guarded, because its alarm may well be in ALARM, and nothing takes it back again.
 *
 * @returns its id; undefined when another one was first
 */
export const startRefresh = (
  group: LoadedGroup,
  { versions, isGuarded }: { versions: RefreshPlan['versions']; isGuarded: boolean },
  { autoScaling, config }: Deps,
): Promise<string | undefined> =>
  autoScaling.startRefresh(group, {
    versions,
    guard: isGuarded ? { alarmName: config.alarmName, bakeSeconds: config.bakeSeconds } : undefined,
    warmupSeconds: Math.max(group.warmupSeconds, config.warmupSeconds),
    healthy: healthyBounds(group),
  });
