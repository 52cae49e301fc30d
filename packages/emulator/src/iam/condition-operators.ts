import { BlockList, isIP } from 'node:net';
import { compileArnPattern } from './arn-match.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { TextPart } from './policy-text.ts';
import type { Matcher } from './wildcard.ts';
import { compileGlob, globParts } from './wildcard.ts';

/** How an operator reads the value of the policy: as text with variables, or as a fixed value. */
export type Comparison =
  | { readonly kind: 'text'; readonly compile: (parts: readonly TextPart[]) => Matcher }
  | { readonly kind: 'fixed'; readonly compile: (value: string) => Matcher };

/** A condition operator without set prefix and `IfExists`. */
export interface ConditionOperator {
  readonly comparison: Comparison;
  readonly negated: boolean;
}

type Order = (actual: number, expected: number) => boolean;

const orders = {
  Equals: (actual, expected) => actual === expected,
  LessThan: (actual, expected) => actual < expected,
  LessThanEquals: (actual, expected) => actual <= expected,
  GreaterThan: (actual, expected) => actual > expected,
  GreaterThanEquals: (actual, expected) => actual >= expected,
} satisfies Record<string, Order>;

const joined = (parts: readonly TextPart[]): string => parts.map((part) => part.text).join('');

const stringEquals: Comparison = {
  kind: 'text',
  compile: (parts) => {
    const expected = joined(parts);
    return (actual) => actual === expected;
  },
};

const stringEqualsIgnoreCase: Comparison = {
  kind: 'text',
  compile: (parts) => {
    const expected = joined(parts).toLowerCase();
    return (actual) => actual.toLowerCase() === expected;
  },
};

const stringLike: Comparison = {
  kind: 'text',
  compile: (parts) =>
    compileGlob(parts.flatMap((part) => (part.pattern ? globParts(part.text) : [part]))),
};

const arnLike: Comparison = { kind: 'text', compile: compileArnPattern };

function ordered(
  parse: (text: string) => number | undefined,
  what: string,
  order: Order,
): Comparison {
  return {
    kind: 'fixed',
    compile: (value) => {
      const expected = parse(value);
      if (expected === undefined)
        throw new MalformedPolicy(`condition value ${value} is not ${what}`);
      return (text) => {
        const actual = parse(text);
        return actual !== undefined && order(actual, expected);
      };
    },
  };
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The W3C profile of ISO 8601, or seconds since 1970; four digits alone are a year. */
function parseInstantMs(text: string): number | undefined {
  if (/^\d{5,}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const w3c = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
  const instantMs = w3c.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instantMs) ? undefined : instantMs;
}

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  return lower === 'false' ? false : undefined;
}

/** Reads the value of a Bool or Null condition. */
export function expectedBoolean(value: string): boolean {
  const expected = parseBoolean(value);
  if (expected === undefined)
    throw new MalformedPolicy(`condition value ${value} is not true or false`);
  return expected;
}

const bool: Comparison = {
  kind: 'fixed',
  compile: (value) => {
    const expected = expectedBoolean(value);
    return (actual) => parseBoolean(actual) === expected;
  },
};

/** Binary keys travel through the request context as base64. */
const binaryEquals: Comparison = {
  kind: 'fixed',
  compile: (value) => {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value))
      throw new MalformedPolicy(`condition value ${value} is not base64`);
    const expected = Buffer.from(value, 'base64');
    return (actual) => expected.equals(Buffer.from(actual, 'base64'));
  },
};

const ipAddress: Comparison = {
  kind: 'fixed',
  compile: (value) => {
    const [address = '', prefixText, ...extra] = value.split('/');
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const prefix = prefixText === undefined ? longest : (parseNumber(prefixText) ?? -1);
    const valid = Number.isInteger(prefix) && prefix >= 0 && prefix <= longest;
    if (version === 0 || !valid || extra.length > 0)
      throw new MalformedPolicy(`condition value ${value} is not an ip address range`);
    const range = new BlockList();
    range.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
    return (actual) =>
      isIP(actual) === version && range.check(actual, version === 4 ? 'ipv4' : 'ipv6');
  },
};

const is = (comparison: Comparison): ConditionOperator => ({ comparison, negated: false });
const not = (comparison: Comparison): ConditionOperator => ({ comparison, negated: true });

function orderOperators(
  prefix: string,
  compare: (order: Order) => Comparison,
): [string, ConditionOperator][] {
  return [
    ...Object.entries(orders).map(([name, order]): [string, ConditionOperator] => [
      prefix + name,
      is(compare(order)),
    ]),
    [`${prefix}NotEquals`, not(compare(orders.Equals))],
  ];
}

/**
 * Every condition operator but Null, by its name.
 *
 * Source: IAM User Guide, "Condition operators".
 */
export const conditionOperators: ReadonlyMap<string, ConditionOperator> = new Map([
  ['StringEquals', is(stringEquals)],
  ['StringNotEquals', not(stringEquals)],
  ['StringEqualsIgnoreCase', is(stringEqualsIgnoreCase)],
  ['StringNotEqualsIgnoreCase', not(stringEqualsIgnoreCase)],
  ['StringLike', is(stringLike)],
  ['StringNotLike', not(stringLike)],
  ['ArnEquals', is(arnLike)],
  ['ArnNotEquals', not(arnLike)],
  ['ArnLike', is(arnLike)],
  ['ArnNotLike', not(arnLike)],
  ['Bool', is(bool)],
  ['BinaryEquals', is(binaryEquals)],
  ['IpAddress', is(ipAddress)],
  ['NotIpAddress', not(ipAddress)],
  ...orderOperators('Numeric', (order) => ordered(parseNumber, 'a number', order)),
  ...orderOperators('Date', (order) => ordered(parseInstantMs, 'a date', order)),
]);
