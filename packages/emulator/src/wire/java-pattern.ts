/** A pattern of an API model that this emulator cannot check as AWS does. */
class UnreadablePattern extends SyntaxError {
  constructor(pattern: string, why: string) {
    super(
      `the pattern ${pattern} cannot be translated for JavaScript: ${why}; extend java-pattern.ts`,
    );
  }
}

/** Java's `\s` is ASCII, unlike JavaScript's. */
const space = ' \\t\\n\\x0B\\f\\r';
const notSpace = '\\x00-\\x08\\x0E-\\x1F\\x21-\\u{10FFFF}';

/** Java's POSIX classes (`java.util.regex.Pattern`), as the inside of a JavaScript class. */
const posix: Readonly<Record<string, string>> = {
  ASCII: '\\x00-\\x7F',
  Alnum: 'A-Za-z0-9',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Graph: '\\x21-\\x7E',
  Lower: 'a-z',
  Print: '\\x20-\\x7E',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: space,
  Upper: 'A-Z',
};

/**
 * Compiles a pattern of an API model. AWS's services are written in Java and hold the whole value against it.
 * Differences between the two languages are translated: escaped characters that need no escape, a hyphen beside a
 * class such as `\w`, lone closing brackets, ASCII-only `\s`, POSIX classes.
 *
 * @throws SyntaxError for Java's nested classes and intersections, and for what JavaScript cannot compile
 */
export function compileJavaPattern(pattern: string): RegExp {
  const source = new Translation(pattern).run();
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch (cause) {
    throw new UnreadablePattern(pattern, cause instanceof Error ? cause.message : String(cause));
  }
}

class Translation {
  readonly #pattern: string;
  #at = 0;
  #inClass = false;
  #afterClassEscape = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  run(): string {
    let result = '';
    while (this.#at < this.#pattern.length)
      result += this.#inClass ? this.#classItem() : this.#item();
    return result;
  }

  #item(): string {
    const char = this.#next();
    switch (char) {
      case '\\':
        return this.#escape();
      case '[':
        this.#inClass = true;
        this.#afterClassEscape = false;
        return this.#peek() === '^' ? `[${this.#next()}` : '[';
      case '{':
        return this.#quantifier();
      case ']':
      case '}':
        return `\\${char}`;
      default:
        return char;
    }
  }

  /** In a class `{` is an ordinary character; outside of it Java knows it only as the start of a quantifier. */
  #quantifier(): string {
    const found = /^\d+(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at))?.[0];
    if (found === undefined)
      throw new UnreadablePattern(this.#pattern, 'a { that starts no quantifier');
    this.#at += found.length;
    return `{${found}`;
  }

  #classItem(): string {
    const char = this.#next();
    const afterClassEscape = this.#afterClassEscape;
    this.#afterClassEscape = false;
    switch (char) {
      case ']':
        this.#inClass = false;
        return char;
      case '[':
        throw new UnreadablePattern(this.#pattern, 'a class inside of a class');
      case '&':
        if (this.#peek() === '&')
          throw new UnreadablePattern(this.#pattern, 'an intersection of classes');
        return char;
      case '-':
        return afterClassEscape || this.#classEscapeFollows() ? '\\-' : char;
      case '\\':
        return this.#escape();
      default:
        return char;
    }
  }

  #classEscapeFollows(): boolean {
    return /^\\[dDwWsSpP]/.test(this.#pattern.slice(this.#at, this.#at + 2));
  }

  /** What follows a backslash. */
  #escape(): string {
    const char = this.#next();
    this.#afterClassEscape = /[dDwWsSpP]/.test(char);
    if (char === 's') return this.#set(space);
    if (char === 'S') return this.#set(notSpace);
    if (char === 'p' || char === 'P') return this.#property(char);
    if (/[A-Za-z0-9]/.test(char)) return `\\${char}`;
    return '^$\\.*+?()[]{}|/'.includes(char) || (char === '-' && this.#inClass)
      ? `\\${char}`
      : char;
  }

  #set(inside: string): string {
    return this.#inClass ? inside : `[${inside}]`;
  }

  #property(kind: 'p' | 'P'): string {
    const found = /^\{(\w+)\}/.exec(this.#pattern.slice(this.#at));
    const name = found?.[1];
    if (!found || name === undefined)
      throw new UnreadablePattern(this.#pattern, `\\${kind} without a name in braces`);
    this.#at += found[0].length;
    const inside = posix[name];
    if (inside === undefined) return `\\${kind}{${name}}`;
    if (kind === 'P') throw new UnreadablePattern(this.#pattern, `the complement of ${name}`);
    return this.#set(inside);
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  /** The next code point: half of a pair would be no character of its own. */
  #next(): string {
    const code = this.#pattern.codePointAt(this.#at);
    if (code === undefined) throw new UnreadablePattern(this.#pattern, 'it ends in the middle');
    const char = String.fromCodePoint(code);
    this.#at += char.length;
    return char;
  }
}
