import type { StateValue } from './alarm-evaluation.ts';

/** What a composite alarm's rule says, ready to be asked. */
export interface CompositeRule {
  readonly text: string;
  /** Names of the alarms in it. */
  readonly children: readonly string[];
  readonly holds: (stateOf: (alarmName: string) => StateValue) => boolean;
}

/** Thrown for a rule that cannot be read; the message names the place. */
export class MalformedRule extends Error {
  override readonly name = 'MalformedRule';
}

type Test = (stateOf: (alarmName: string) => StateValue) => boolean;

const tokenPattern = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;
const ruleLengthMax = 10_240; // CloudWatch API Reference, PutCompositeAlarm, AlarmRule
/** Rules nest by recursion here. */
const depthMax = 50;

interface Token {
  readonly text: string;
  readonly kind: 'paren' | 'quoted' | 'word';
}

/**
 * Reads a rule: ALARM(name), OK(name), INSUFFICIENT_DATA(name), TRUE, FALSE, joined by AND, OR and NOT. NOT binds
 * tightest, AND tighter than OR. Names come bare, quoted, or as ARNs.
 *
 * @throws MalformedRule
 * Source: CloudWatch API Reference, PutCompositeAlarm, AlarmRule.
 */
export function parseCompositeRule(text: string): CompositeRule {
  if (text.length < 1 || text.length > ruleLengthMax)
    throw new MalformedRule(`a rule has 1 to ${ruleLengthMax} characters, not ${text.length}`);
  const parser = new RuleParser(tokenize(text));
  const holds = parser.readRule();
  return { text, children: [...parser.children], holds };
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match)
      throw new MalformedRule(`cannot read the rule at ${JSON.stringify(text.slice(at))}`);
    const [, paren, quoted, word] = match;
    if (paren !== undefined) tokens.push({ text: paren, kind: 'paren' });
    else if (quoted !== undefined)
      tokens.push({ text: quoted.replaceAll(/\\(.)/g, '$1'), kind: 'quoted' });
    else tokens.push({ text: word ?? '', kind: 'word' });
  }
  return tokens;
}

class RuleParser {
  readonly children = new Set<string>();
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  readRule(): Test {
    const test = this.#readOr();
    const rest = this.#tokens[this.#position];
    if (rest) throw new MalformedRule(`unexpected ${JSON.stringify(rest.text)} in the rule`);
    return test;
  }

  #readOr(): Test {
    this.#depth += 1;
    if (this.#depth > depthMax) throw new MalformedRule(`a rule nests at most ${depthMax} deep`);
    let left = this.#readAnd();
    while (this.#takeWord('OR')) {
      const [a, b] = [left, this.#readAnd()];
      left = (stateOf) => a(stateOf) || b(stateOf);
    }
    this.#depth -= 1;
    return left;
  }

  #readAnd(): Test {
    let left = this.#readNot();
    while (this.#takeWord('AND')) {
      const [a, b] = [left, this.#readNot()];
      left = (stateOf) => a(stateOf) && b(stateOf);
    }
    return left;
  }

  #readNot(): Test {
    if (!this.#takeWord('NOT')) return this.#readTerm();
    const inner = this.#readNot();
    return (stateOf) => !inner(stateOf);
  }

  #readTerm(): Test {
    if (this.#takeParen('(')) {
      const inner = this.#readOr();
      this.#needParen(')');
      return inner;
    }
    if (this.#takeWord('TRUE')) return () => true;
    if (this.#takeWord('FALSE')) return () => false;
    for (const state of ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const)
      if (this.#takeWord(state)) {
        this.#needParen('(');
        const name = this.#readName();
        this.#needParen(')');
        this.children.add(name);
        return (stateOf) => stateOf(name) === state;
      }
    const found = this.#tokens[this.#position];
    throw new MalformedRule(
      `expected a state, found ${found ? JSON.stringify(found.text) : 'the end'}`,
    );
  }

  #readName(): string {
    const token = this.#tokens[this.#position];
    if (!token || token.kind === 'paren') throw new MalformedRule('expected the name of an alarm');
    this.#position += 1;
    return token.text.replace(/^arn:aws:cloudwatch:[^:]*:[^:]*:alarm:/, '');
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'word' || token.text.toUpperCase() !== word) return false;
    this.#position += 1;
    return true;
  }

  #takeParen(paren: '(' | ')'): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'paren' || token.text !== paren) return false;
    this.#position += 1;
    return true;
  }

  #needParen(paren: '(' | ')'): void {
    if (!this.#takeParen(paren)) throw new MalformedRule(`expected ${paren} in the rule`);
  }
}
