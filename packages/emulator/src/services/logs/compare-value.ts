import { compileGlob } from '../../iam/wildcard.ts';

export const comparisonOperators = ['>=', '<=', '!=', '=', '>', '<'] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** Numbers as patterns write them: signs, decimals, exponents. */
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export const isNumberText = (text: string): boolean => numberPattern.test(text);

/** Matches text in which an asterisk stands for any characters; case counts. */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split(/(\*)/).filter((part) => part !== '');
  return compileGlob(parts.map((text) => (text === '*' ? { wildcard: 'many' } : { text })));
}

/**
 * A comparison of one value with the right side of a condition.
 *
 * @throws TypeError never; an order comparison with text that is no number holds for nothing
 */
export function valueTest(
  operator: ComparisonOperator,
  wanted: string,
): (value: string | number) => boolean {
  const number = isNumberText(wanted) ? Number(wanted) : undefined;
  const matchesText = wildcardTest(wanted);
  const equals = (value: string | number): boolean =>
    typeof value === 'number' && number !== undefined
      ? value === number
      : matchesText(String(value));
  const compare =
    (holds: (value: number, limit: number) => boolean) => (value: string | number) => {
      const left =
        typeof value === 'number' ? value : isNumberText(value) ? Number(value) : undefined;
      return left !== undefined && number !== undefined && holds(left, number);
    };
  switch (operator) {
    case '=':
      return equals;
    case '!=':
      return (value) => !equals(value);
    case '>':
      return compare((value, limit) => value > limit);
    case '<':
      return compare((value, limit) => value < limit);
    case '>=':
      return compare((value, limit) => value >= limit);
    case '<=':
      return compare((value, limit) => value <= limit);
    default:
      return operator satisfies never;
  }
}
