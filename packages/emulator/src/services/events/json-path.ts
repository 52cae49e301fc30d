import { isRecord } from '../../wire/scalars.ts';

/** A step into a value: a member, an element, or all of them. */
type Step = { readonly member: string } | { readonly index: number } | 'all';

/**
 * Parses the part of JSONPath that EventBridge knows: dot notation with letters, digits, dashes, underscores and
 * slashes, array indices and `[*]`.
 *
 * @returns undefined for any other text
 */
export function parseJsonPath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const [whole = '', member, index] = /^\.([A-Za-z0-9_/-]+)|^\[(\d+|\*)\]|^\.\*/.exec(rest) ?? [];
    if (whole === '') return undefined;
    if (member !== undefined) steps.push({ member });
    else steps.push(index === undefined || index === '*' ? 'all' : { index: Number(index) });
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** The value at a path; a list where the path says `*`; undefined where there is none. */
export function valueAt(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (step === 'all') {
    const items: unknown[] = Array.isArray(value)
      ? value
      : isRecord(value)
        ? Object.values(value)
        : [];
    return items.map((item) => valueAt(item, rest)).filter((item) => item !== undefined);
  }
  if ('index' in step) return Array.isArray(value) ? valueAt(value[step.index], rest) : undefined;
  if (!isRecord(value) || !Object.hasOwn(value, step.member)) return undefined;
  return valueAt(value[step.member], rest);
}
