import type { Json } from './definition.ts';

/** What an expression of a state can see. */
export interface Evaluation {
  /** `$states.input` */
  readonly input: Json;
  /** `$states.result`, once there is one. */
  readonly result?: Json;
  /** `$states.errorOutput`, in a catcher. */
  readonly errorOutput?: Json;
  /** `$states.context` */
  readonly context: { readonly [name: string]: Json };
  /** By name, without the `$`. */
  readonly variables: ReadonlyMap<string, Json>;
  /** `$now()`, milliseconds since 1970. */
  readonly now: number;
  /** `$random()` and `$uuid()` without a seed: a number in [0, 1) that follows from the world's seed. */
  readonly chance: () => number;
}
