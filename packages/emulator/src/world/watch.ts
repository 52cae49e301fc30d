import type { Scope } from './scope.ts';
import { defineState } from './state.ts';

type Listener<T> = (scope: Scope, value: T) => void;

/** Something that happens in one service and that other services of the same world follow. */
export interface Watch<T> {
  /** Registers a listener for the whole world; call it from a service's `start`. */
  follow(root: Scope, listener: Listener<T>): void;
  /** Tells the listeners, in the order in which they were registered, where it happened. */
  tell(scope: Scope, value: T): void;
}

/** Declares a watch. Call once per module; customers see such changes as events, services see them at once. */
export function defineWatch<T>(name: string): Watch<T> {
  const listeners = defineState(name, 'global', (): Listener<T>[] => []);
  return {
    follow(root, listener) {
      listeners.in(root).push(listener);
    },
    tell(scope, value) {
      for (const listener of listeners.in(scope)) listener(scope, value);
    },
  };
}
