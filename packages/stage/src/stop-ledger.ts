import { isRolloutEnd } from '@golden/shared/model/rollout.ts';
import type { StateChange } from './state-mirror.ts';

/** Since when a rollout, or a wave of it and those after, has to start nothing more. */
export interface Stop {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly why: string;
}

/** Notes when each rollout had to stop, as soon as the table says so. */
export class StopLedger {
  readonly #rollouts = new Map<string, Stop>();
  /** By rollout and wave. */
  readonly #waves = new Map<string, Stop>();

  /** @param now milliseconds since 1970 */
  take(change: StateChange, now: number): void {
    switch (change.kind) {
      case 'lock': {
        const { before, after } = change;
        const { holder, highestWaiting = '' } = after;
        if (before?.holder && before.holder.rolloutId !== holder?.rolloutId)
          this.#note(before.holder.rolloutId, { since: now, why: 'it has lost the line' });
        if (holder?.stop) this.#note(holder.rolloutId, { since: now, why: holder.stop.sentence });
        if (holder && highestWaiting > holder.order)
          this.#note(holder.rolloutId, { since: now, why: `${highestWaiting} waits for the line` });
        return;
      }
      case 'rollout': {
        const { rolloutId, stop, state } = change.after;
        if (stop) this.#note(rolloutId, { since: now, why: stop.sentence });
        if (isRolloutEnd(state)) this.#note(rolloutId, { since: now, why: `it is ${state}` });
        return;
      }
      case 'wave': {
        const { wave, budget, failedTargets } = change.after;
        const key = `${change.rolloutId} ${wave}`;
        if (failedTargets.length > budget && !this.#waves.has(key))
          this.#waves.set(key, {
            since: now,
            why: `wave ${wave} has lost ${failedTargets.join(', ')} and may lose ${budget}`,
          });
        return;
      }
      case 'target':
      case 'version':
        return;
      default:
        change satisfies never;
    }
  }

  /** What kept a target of a wave from being started, the earliest first; undefined for nothing. */
  stopOf(rolloutId: string, wave: number): Stop | undefined {
    const stops = [this.#rollouts.get(rolloutId)];
    for (let earlier = 1; earlier <= wave; earlier += 1)
      stops.push(this.#waves.get(`${rolloutId} ${earlier}`));
    return stops
      .filter((stop) => stop !== undefined)
      .toSorted((one, other) => one.since - other.since)[0];
  }

  #note(rolloutId: string, stop: Stop): void {
    if (!this.#rollouts.has(rolloutId)) this.#rollouts.set(rolloutId, stop);
  }
}
