import { isRecord } from '../wire/scalars.ts';
import { KnownLater } from './expression-values.ts';
import type { Properties } from './provider.ts';

/** How one property differs: for sure, or only once another resource has been changed. */
export interface PropertyDifference {
  readonly name: string;
  /** The resource that decides it, when it is not known yet. */
  readonly decidedBy: KnownLater | undefined;
}

/** The top-level properties that differ, in alphabetical order. */
export function differences(before: Properties, after: Properties): readonly PropertyDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => !sameValue(before[name], after[name]))
    .map((name) => ({ name, decidedBy: laterIn(after[name]) }));
}

/** Whether two values are the same to CloudFormation, to which `1` and `"1"` are. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left instanceof KnownLater || right instanceof KnownLater) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return (
      left.length === right.length && left.every((item, index) => sameValue(item, right[index]))
    );
  if (isRecord(left) && isRecord(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => sameValue(left[name], right[name]));
  }
  return left === right || (isScalar(left) && isScalar(right) && String(left) === String(right));
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** The first value in there that is not known yet. */
export function laterIn(value: unknown): KnownLater | undefined {
  if (value instanceof KnownLater) return value;
  if (!Array.isArray(value) && !isRecord(value)) return undefined;
  for (const item of Object.values(value)) {
    const found = laterIn(item);
    if (found) return found;
  }
  return undefined;
}
