import type { Comparison, ConditionOperator } from './condition-operators.ts';
import { conditionOperators, expectedBoolean } from './condition-operators.ts';
import type { ConditionContext, ContextValue } from './condition-context.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import type { PolicyVersion } from './policy-text.ts';
import { constantParts, parsePolicyText, substitute } from './policy-text.ts';
import type { Matcher } from './wildcard.ts';

/** What a statement does when it matches. */
export type Effect = 'Allow' | 'Deny';

/** One operator applied to one condition key; all tests of a statement must hold. */
export interface ConditionTest {
  readonly operator: string;
  readonly key: string;
  readonly holds: (context: ConditionContext) => boolean;
}

/** The effect decides cases that AWS leaves open, each time against the caller. */
export interface ConditionOptions {
  readonly version: PolicyVersion;
  readonly effect: Effect;
}

type SetOperator = 'ForAllValues' | 'ForAnyValue';

interface Quantified {
  readonly operator: ConditionOperator;
  readonly ifExists: boolean;
  readonly set: SetOperator | undefined;
}

/** The expected values of one key; undefined when a policy variable leaves the statement without meaning. */
type Expectation = (context: ConditionContext) => readonly Matcher[] | undefined;

/**
 * Compiles a Condition element.
 *
 * @throws MalformedPolicy for unknown operators, keys without a service prefix and values of the wrong type
 * Source: IAM User Guide, "Condition", "Condition operators", "Single-valued vs. multivalued context keys".
 */
export function compileConditions(block: unknown, options: ConditionOptions): ConditionTest[] {
  return entriesOf(block, 'condition').flatMap(([operator, keys]) =>
    entriesOf(keys, `condition ${operator}`).map(([key, values]) =>
      compileTest({ operator, key, values: textsOf(values, key) }, options),
    ),
  );
}

interface TestSource {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

function compileTest(source: TestSource, options: ConditionOptions): ConditionTest {
  const { operator, key, values } = source;
  if (!/^[a-z0-9-]+:.+$/i.test(key))
    throw new MalformedPolicy(`condition key ${key} must be prefaced by a vendor`);
  const lowerCaseKey = key.toLowerCase();
  if (operator === 'Null') {
    const expected = new Set(values.map(expectedBoolean));
    return {
      operator,
      key,
      holds: (context) => {
        const value = context.get(lowerCaseKey);
        return expected.has(isMissing(value) || isEmptyList(value));
      },
    };
  }
  const quantified = parseOperator(operator);
  const expect = compileExpectation(quantified.operator.comparison, values, options);
  return {
    operator,
    key,
    holds: (context) => {
      const value = context.get(lowerCaseKey);
      if (isMissing(value) && quantified.ifExists) return true;
      const matchers = expect(context);
      if (matchers === undefined) return false;
      if (isMissing(value)) return holdsWithoutValue(quantified);
      return holdsFor(value, matchers, quantified, options.effect);
    },
  };
}

function parseOperator(name: string): Quantified {
  const [, set, base = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const operator = conditionOperators.get(base);
  if (operator === undefined) throw new MalformedPolicy(`unknown condition operator ${name}`);
  return {
    operator,
    ifExists: ifExists !== undefined,
    set: set === 'ForAllValues' || set === 'ForAnyValue' ? set : undefined,
  };
}

function compileExpectation(
  comparison: Comparison,
  values: readonly string[],
  { version, effect }: ConditionOptions,
): Expectation {
  if (comparison.kind === 'fixed') {
    const matchers = values.map(comparison.compile);
    return () => matchers;
  }
  const perValue = values.map((value): ((context: ConditionContext) => Matcher | undefined) => {
    const text = parsePolicyText(value, version);
    const constant = constantParts(text);
    if (constant === undefined) return matcherOfVariables(comparison.compile, text);
    const matcher = comparison.compile(constant);
    return () => matcher;
  });
  return (context) => {
    const matchers = perValue.map((matcherFor) => matcherFor(context));
    const resolved = matchers.filter((matcher) => matcher !== undefined);
    // An unresolved variable voids an Allow. A Deny only loses that value, unless nothing is left of it.
    const usable = effect === 'Allow' ? resolved.length === matchers.length : resolved.length > 0;
    return usable ? resolved : undefined;
  };
}

function matcherOfVariables(
  compile: Extract<Comparison, { kind: 'text' }>['compile'],
  text: ReturnType<typeof parsePolicyText>,
): (context: ConditionContext) => Matcher | undefined {
  return (context) => {
    const parts = substitute(text, context);
    try {
      return parts === undefined ? undefined : compile(parts);
    } catch (error) {
      // A substituted value that is no ARN cannot be seen before the request; it equals no ARN.
      if (error instanceof MalformedPolicy) return () => false;
      throw error;
    }
  };
}

const isMissing = (value: ContextValue | undefined): value is undefined =>
  value === undefined || (typeof value === 'object' && value.length === 0);

const isEmptyList = (value: ContextValue | undefined): boolean =>
  typeof value === 'object' && value.every((member) => member === '');

function holdsWithoutValue({ set, operator }: Quantified): boolean {
  return set === 'ForAllValues' || (set === undefined && operator.negated);
}

function holdsFor(
  value: ContextValue,
  expected: readonly Matcher[],
  { set, operator }: Quantified,
  effect: Effect,
): boolean {
  const one = (actual: string): boolean =>
    expected.some((matches) => matches(actual)) !== operator.negated;
  const members = typeof value === 'object' ? value : [String(value)];
  const nothing = members.every((member) => member === '');
  switch (set) {
    case 'ForAllValues':
      return nothing || members.every(one);
    case 'ForAnyValue':
      return !nothing && members.some(one);
    case undefined:
      // AWS asks for a set operator on multivalued keys and does not say what happens without one.
      return effect === 'Allow' ? members.every(one) : members.some(one);
    default:
      return set satisfies never;
  }
}

function entriesOf(value: unknown, what: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedPolicy(`${what} must be an object, not ${JSON.stringify(value)}`);
  return Object.entries(value);
}

function textsOf(value: unknown, key: string): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new MalformedPolicy(`condition key ${key} has no values`);
  return values.map((one) => {
    if (typeof one === 'string') return one;
    if (typeof one === 'number' || typeof one === 'boolean') return String(one);
    throw new MalformedPolicy(
      `condition key ${key} has the value ${JSON.stringify(one)}, not a string, number or boolean`,
    );
  });
}
