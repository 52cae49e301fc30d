import type { Target } from './target.ts';

/** A target with the number of its cases. */
export interface Share {
  readonly target: Target;
  readonly cases: number;
}

/** Divides cases among targets by their weights; each gets one at least, and the numbers add up as far as there are enough. */
export function shareCases(targets: readonly Target[], cases: number): readonly Share[] {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  let weightSoFar = 0;
  let casesSoFar = 0;
  return targets.map((target) => {
    weightSoFar += target.weight;
    const upTo = Math.round((cases * weightSoFar) / total);
    const own = Math.max(1, upTo - casesSoFar);
    casesSoFar += own;
    return { target, cases: own };
  });
}
