import type { Scope } from './scope.ts';
import type { World } from './world.ts';

type Reach = 'regional' | 'account' | 'global';

/** A service's state, kept per world and per account and Region as far as it reaches. */
export interface StateCell<S> {
  readonly name: string;
  in(scope: Scope): S;
  /** Every part that exists, with its place; `-` where the state does not depend on it. */
  all(
    world: World,
  ): readonly { readonly account: string; readonly region: string; readonly state: S }[];
}

/** Declares the state of a service. Call once per module. */
export function defineState<S>(name: string, reach: Reach, create: () => S): StateCell<S> {
  const worlds = new WeakMap<World, Map<string, { account: string; region: string; state: S }>>();
  const cellsOf = (world: World): Map<string, { account: string; region: string; state: S }> => {
    let cells = worlds.get(world);
    if (!cells) {
      cells = new Map();
      worlds.set(world, cells);
    }
    return cells;
  };
  return {
    name,
    in(scope) {
      const account = reach === 'global' ? '-' : scope.account;
      const region = reach === 'regional' ? scope.region : '-';
      const cells = cellsOf(scope.world);
      const key = `${account}/${region}`;
      let cell = cells.get(key);
      if (!cell) {
        cell = { account, region, state: create() };
        cells.set(key, cell);
      }
      return cell.state;
    },
    all: (world) => [...cellsOf(world).values()],
  };
}
