import { compareTexts } from '../model/text-order.ts';
import type { TargetRecord } from '../model/target.ts';

/** A cumulative share of the targets: how many, or which part of them. */
type Share = { kind: 'count'; count: number } | { kind: 'percent'; percent: number };

/** A wave specification that cannot be followed, in a sentence without its full stop. */
export interface WavesProblem {
  problem: string;
}

const wavesMax = 20;
const example = 'write cumulative shares such as 1,50%,100%, each more than the one before';

/**
 * Cuts targets into waves by cumulative shares such as `1,50%,100%`: one target, then half of all, then all. A wave that would
 * be empty, since the one before reaches as far, is left out.
 *
 * @param targets in the order in which they are moved
 */
export const wavesOf = <T>(specification: string, targets: readonly T[]): T[][] | WavesProblem => {
  const shares = readShares(specification);
  if ('problem' in shares) return shares;
  const ends = shares.map((share) =>
    share.kind === 'count'
      ? Math.min(share.count, targets.length)
      : Math.ceil((targets.length * share.percent) / 100),
  );
  const waves: T[][] = [];
  let begin = 0;
  for (const end of ends) {
    if (end > begin) waves.push(targets.slice(begin, end));
    begin = Math.max(begin, end);
  }
  return waves;
};

const readShares = (specification: string): Share[] | WavesProblem => {
  const shares: Share[] = [];
  for (const text of specification.split(',').map((part) => part.trim())) {
    const [, digits, percentSign] = /^([1-9][0-9]{0,5})(%?)$/.exec(text) ?? [];
    if (digits === undefined || (percentSign === '%' && Number(digits) > 100))
      return {
        problem: `"${cut(text)}" in the waves "${cut(specification)}" is no share; ${example}`,
      };
    shares.push(
      percentSign === '%'
        ? { kind: 'percent', percent: Number(digits) }
        : { kind: 'count', count: Number(digits) },
    );
  }
  if (shares.length > wavesMax)
    return { problem: `${shares.length} waves are more than ${wavesMax}; ${example}` };
  for (const [index, share] of shares.entries()) {
    const before = shares.slice(0, index).findLast(({ kind }) => kind === share.kind);
    // A number and a percentage can only be compared once the targets are counted; wavesOf leaves out what is empty.
    if (before !== undefined && size(share) <= size(before))
      return { problem: `the waves "${cut(specification)}" do not grow; ${example}` };
  }
  const last = shares.at(-1);
  return last?.kind === 'percent' && last.percent === 100
    ? shares
    : { problem: `the waves "${cut(specification)}" do not end with 100%; ${example}` };
};

const size = (share: Share): number => (share.kind === 'count' ? share.count : share.percent);

const cut = (text: string): string => text.slice(0, 100);

/** The order in which targets are moved: canary accounts as they are named, then by account and Region. */
export const inMovingOrder = (
  targets: readonly TargetRecord[],
  canaryAccounts: readonly string[],
): TargetRecord[] => {
  const rank = ({ account }: TargetRecord): number => {
    const index = canaryAccounts.indexOf(account);
    return index === -1 ? canaryAccounts.length : index;
  };
  return targets.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      compareTexts(one.account, other.account) ||
      compareTexts(one.region, other.region),
  );
};
