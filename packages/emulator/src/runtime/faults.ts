import { defineState } from '../world/state.ts';
import type { World } from '../world/world.ts';

/** One AWS call that a function is about to make, the SDK's own retries included. */
export interface FunctionCall {
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  /** The how-manieth invocation of the function in this world, from 1; retries by Lambda count. */
  readonly invocation: number;
  /** The how-manieth call of the invocation, from 1. */
  readonly callNumber: number;
  /** The service's name in IAM actions. */
  readonly service: string;
  readonly operation: string;
}

/**
 * What becomes of a call.
 *
 * - `kill-before`, `kill-after`: the function is gone like a crashed one, before the call, or after AWS carried it out but
 *   before the answer arrived
 * - `delayMs`: it takes longer, in virtual time
 * - `error`: the service answers with an error and does nothing, e.g. a throttle
 * - `lose`: the client gets no answer and gives up waiting; with a lost answer the call has taken effect
 * - `hang`: the same, and the client goes on waiting, as the SDK does without a time-out of its own: so the function runs into its
 */
export type Fate =
  | 'proceed'
  | 'kill-before'
  | 'kill-after'
  | { readonly delayMs: number }
  | { readonly error: { readonly code: string; readonly status: number } }
  | { readonly lose: 'request' | 'answer' }
  | { readonly hang: 'request' | 'answer' };

type Judge = (call: FunctionCall) => Fate | Promise<Fate>;

/** What goes wrong around the calls of a world's functions: nothing, until somebody says what. */
export class Faults {
  /**
   * How long a call of a function takes, in milliseconds of virtual time. So functions at work at the same time interleave,
   * as they do in AWS; two zeros make calls take no time at all.
   */
  latencyMs: { readonly min: number; readonly max: number } = { min: 4, max: 40 };
  #judge: Judge | undefined;

  /** Asks `judge` before each call of each function; a later judge takes the place of an earlier one. */
  onCall(judge: Judge | undefined): void {
    this.#judge = judge;
  }

  get judge(): Judge | undefined {
    return this.#judge;
  }
}

const plans = defineState('function-faults', 'global', () => new Faults());

/** The faults of one world. */
export const faults = (world: World): Faults => plans.in(world.scope('-', '-', 'lambda'));
