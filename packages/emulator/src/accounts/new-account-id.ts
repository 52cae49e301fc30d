import type { World } from '../world/world.ts';

const attemptsMax = 100;

/** Twelve digits that no account has yet. */
export function newAccountId(world: World): string {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const id = String(world.entropy.between('account-id', 100_000_000_000, 999_999_999_999));
    if (!world.directory.get(id)) return id;
  }
  throw new TypeError(`found no free account id in ${attemptsMax} attempts`);
}
