import { expect } from '@jest/globals';
import { callText, CallFaults, tellsTwice, type Judge, type NamedCall } from './call-faults.ts';
import { mailCount, OneTargetRollouts, type Fortune, type Outcome } from './one-target-rollouts.ts';

/** Rollouts of one kind, one after the other, each compared with the one that nothing went wrong in. */
export class InterruptedRollouts {
  readonly quiet: Outcome;
  /** All calls of the quiet one: a call that is new is looked at without anybody naming it. */
  readonly calls: readonly NamedCall[];
  readonly #rollouts: OneTargetRollouts;
  readonly #fortune: Fortune;

  private constructor(made: {
    rollouts: OneTargetRollouts;
    fortune: Fortune;
    quiet: Outcome;
    calls: readonly NamedCall[];
  }) {
    this.#rollouts = made.rollouts;
    this.#fortune = made.fortune;
    this.quiet = made.quiet;
    this.calls = made.calls;
  }

  /** The rollouts go wrong by calls alone: each message comes once and each read sees all. */
  static async open(fortune: Fortune): Promise<InterruptedRollouts> {
    const rollouts = await OneTargetRollouts.open({
      settings: { duplicateShare: 0, staleReadShare: 0 },
      bakes: fortune === 'bad',
    });
    const { calls } = new CallFaults(rollouts.stage.fleet.world, () => undefined);
    const quiet = await rollouts.ship(fortune);
    return new InterruptedRollouts({ rollouts, fortune, quiet, calls });
  }

  get functions(): readonly string[] {
    return [...new Set(this.calls.map(({ name }) => name))].sort();
  }

  /** Ships an image while `judge` has its way, and expects everything to be as after the quiet run. */
  async expectQuietEnd(what: string, judge: Judge): Promise<CallFaults['strikes']> {
    const { strikes } = new CallFaults(this.#rollouts.stage.fleet.world, judge);
    const { state, mails } = await this.#rollouts.ship(this.#fortune);
    expect({ what, state }).toEqual({ what, state: this.quiet.state });
    expect({ what, subjects: Object.keys(mails), count: mailCount(mails) }).toEqual({
      what,
      subjects: Object.keys(this.quiet.mails),
      count: mailCount(this.quiet.mails) + strikes.filter(tellsTwice).length,
    });
    return strikes;
  }
}

/** A call, and how the function died there. */
export const deathText = (fate: string, call: NamedCall): string => `${fate} ${callText(call)}`;
