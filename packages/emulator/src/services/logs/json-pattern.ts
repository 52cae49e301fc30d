import {
  comparisonOperators,
  isNumberText,
  valueTest,
  type ComparisonOperator,
} from './compare-value.ts';
import type { Match } from './filter-pattern.ts';
import { readSelector, selectValue, type Selector } from './json-selector.ts';
import { MalformedPattern, regularExpression } from './malformed-pattern.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

type Test = (event: unknown) => boolean;
const nothing: Match = { extracted: {} };
/** Expressions nest by recursion here. */
const depthMax = 50;

/**
 * A condition on the properties of a JSON event: `{ ($.a = "x*") && ($.b[0] > 3 || $.c IS NULL) }`. Events that are not
 * JSON objects never match.
 *
 * @throws MalformedPattern
 */
export function parseJsonPattern(text: string): (message: string) => Match | undefined {
  if (!text.endsWith('}')) throw new MalformedPattern('a JSON pattern ends with a brace');
  const test = new JsonPatternParser(text.slice(1, -1)).readAll();
  return (message) => {
    const event = parseObject(message);
    return event !== undefined && test(event) ? nothing : undefined;
  };
}

/** The event as JSON, when it is an object or a list. */
export function parseObject(message: string): unknown {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return parseShallowJson(message);
  } catch {
    return undefined;
  }
}

class JsonPatternParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): Test {
    const test = this.#readOr();
    if (this.#rest() !== '') throw this.#unexpected('the end');
    return test;
  }

  #readOr(): Test {
    this.#depth += 1;
    if (this.#depth > depthMax)
      throw new MalformedPattern(`a pattern nests at most ${depthMax} deep`);
    const tests = [this.#readAnd()];
    while (this.#take('||')) tests.push(this.#readAnd());
    this.#depth -= 1;
    return (event) => tests.some((test) => test(event));
  }

  #readAnd(): Test {
    const tests = [this.#readTerm()];
    while (this.#take('&&')) tests.push(this.#readTerm());
    return (event) => tests.every((test) => test(event));
  }

  #readTerm(): Test {
    if (!this.#take('(')) return this.#readCondition();
    const inner = this.#readOr();
    if (!this.#take(')')) throw this.#unexpected(')');
    return inner;
  }

  #readCondition(): Test {
    const { selector, length } = readSelector(this.#rest());
    this.#at += length;
    if (this.#takeWords('NOT', 'EXISTS'))
      return (event) => selectValue(event, selector) === undefined;
    if (this.#takeWords('IS', 'NULL')) return (event) => selectValue(event, selector) === null;
    if (this.#takeWords('IS', 'TRUE')) return (event) => selectValue(event, selector) === true;
    if (this.#takeWords('IS', 'FALSE')) return (event) => selectValue(event, selector) === false;
    const operator = comparisonOperators.find((candidate) => this.#take(candidate));
    if (!operator) throw this.#unexpected('an operator');
    return this.#comparison(selector, operator);
  }

  #comparison(selector: Selector, operator: ComparisonOperator): Test {
    const { text, isQuoted } = this.#readValue();
    const needsNumber = !['=', '!='].includes(operator);
    if (needsNumber && (isQuoted || !isNumberText(text)))
      throw new MalformedPattern(`${operator} compares with a number, not ${text}`);
    const holds = valueTest(operator, text);
    return (event) => {
      const value = selectValue(event, selector);
      // A selector that points at a list, an object, a truth value or nothing makes no match, whatever the operator.
      return (typeof value === 'string' || typeof value === 'number') && holds(value);
    };
  }

  #readValue(): { readonly text: string; readonly isQuoted: boolean } {
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(this.#rest());
    if (quoted) {
      this.#at += quoted[0].length;
      return { text: (quoted[1] ?? '').replaceAll(/\\(.)/g, '$1'), isQuoted: true };
    }
    const bare = /^[^\s()&|"]+/.exec(this.#rest())?.[0];
    if (bare === undefined) throw this.#unexpected('a value');
    if (bare.startsWith('%')) throw regularExpression();
    if (!isNumberText(bare) && !/^[\w.*]+$/.test(bare))
      throw new MalformedPattern(`the value ${bare} must be quoted`);
    this.#at += bare.length;
    return { text: bare, isQuoted: false };
  }

  #rest(): string {
    const blanks = /^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0;
    this.#at += blanks;
    return this.#text.slice(this.#at);
  }

  #take(token: string): boolean {
    if (!this.#rest().startsWith(token)) return false;
    this.#at += token.length;
    return true;
  }

  #takeWords(first: string, second: string): boolean {
    const match = new RegExp(`^${first}\\s+${second}(?![\\w])`, 'i').exec(this.#rest());
    if (!match) return false;
    this.#at += match[0].length;
    return true;
  }

  #unexpected(wanted: string): MalformedPattern {
    const rest = this.#text.slice(this.#at);
    return new MalformedPattern(
      `expected ${wanted} at ${rest === '' ? 'the end of the pattern' : JSON.stringify(rest)}`,
    );
  }
}
