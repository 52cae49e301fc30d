import type { Scope } from '../../world/scope.ts';
import type { Definition, Json, MapState } from './asl/definition.ts';
import type { Evaluation } from './asl/evaluation.ts';
import type { StateError } from './asl/state-error.ts';
import type { Execution } from './state.ts';

/** How something that ran came to its end. */
export type Ending =
  { readonly ok: true; readonly output: Json } | { readonly ok: false; readonly error: StateError };

/** A distributed map that an execution has come to. */
export interface MapRunRequest {
  readonly parent: Execution;
  readonly state: MapState;
  /** What the expressions of the state see; variables of the parent reach children only through `ItemSelector`. */
  readonly evaluation: Evaluation;
  /** Called once, when the map run has ended; `output` is the array of the children's outputs, or what `ResultWriter` left. */
  readonly onEnd: (ending: Ending) => void;
}

export interface MapRunHandle {
  readonly mapRunArn: string;
  /** The parent stopped, timed out or failed elsewhere: open children are aborted, and `onEnd` is not called any more. */
  abort(): void;
}

/** Begins a map run (implemented in `map-run/start-map-run.ts`). */
export type StartMapRun = (scope: Scope, request: MapRunRequest) => Promise<MapRunHandle>;

/** A child execution of a map run (begun by the engine, `engine/start-child.ts`). */
export interface ChildRequest {
  readonly parent: Execution;
  readonly mapRunArn: string;
  readonly definition: Definition;
  readonly executionType: 'STANDARD' | 'EXPRESS';
  readonly name: string;
  readonly input: Json;
  readonly onEnd: (execution: Execution) => void;
}

export type StartChild = (scope: Scope, request: ChildRequest) => Execution;
