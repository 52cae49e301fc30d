/** Says whether a text matches; compiled once, called often. */
export type Matcher = (text: string) => boolean;

/** A piece of a pattern. The `-in-segment` wildcards stop at a colon. */
export type GlobPart =
  | { readonly text: string }
  | { readonly wildcard: 'one' | 'many' | 'one-in-segment' | 'many-in-segment' };

const one = -1;
const many = -2;
const oneInSegment = -3;
const manyInSegment = -4;
const colon = 58;

const codeOf = {
  one,
  many,
  'one-in-segment': oneInSegment,
  'many-in-segment': manyInSegment,
} as const;

/** Compiles pattern pieces; a match takes time in proportion to pattern times text, whatever the pattern. */
export function compileGlob(parts: readonly GlobPart[]): Matcher {
  const codes: number[] = [];
  for (const part of parts) {
    if ('wildcard' in part) codes.push(codeOf[part.wildcard]);
    else for (let i = 0; i < part.text.length; i++) codes.push(part.text.charCodeAt(i));
  }
  const prefixLength = codes.findIndex((code) => code < 0);
  if (prefixLength === -1) {
    const exact = String.fromCharCode(...codes);
    return (text) => text === exact;
  }
  const prefix = String.fromCharCode(...codes.slice(0, prefixLength));
  const rest = codes.slice(prefixLength);
  if (rest.length === 1 && rest[0] === many) return (text) => text.startsWith(prefix);
  return (text) => text.startsWith(prefix) && matchesFrom(rest, text, prefixLength);
}

/** Compiles a plain pattern: `*` is any run of characters, `?` any one character, all else itself. */
export function compileWildcard(pattern: string): Matcher {
  return compileGlob(globParts(pattern));
}

/** Reads `*` and `?` of a text as wildcards. */
export function globParts(pattern: string): GlobPart[] {
  return pattern
    .split(/([*?])/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece === '*') return { wildcard: 'many' };
      return piece === '?' ? { wildcard: 'one' } : { text: piece };
    });
}

/**
 * Walks all possible positions in the pattern at once. Backtracking would be exponential in patterns like
 * `*a*a*a*b`, and a policy comes from outside.
 */
function matchesFrom(codes: readonly number[], text: string, start: number): boolean {
  let states = enter(codes, 0, []);
  for (let at = start; at < text.length && states.length > 0; at++) {
    const char = text.charCodeAt(at);
    const next: number[] = [];
    for (const state of states) {
      const code = codes[state];
      if (code === many || (code === manyInSegment && char !== colon)) enter(codes, state, next);
      else if (code === char || code === one || (code === oneInSegment && char !== colon))
        enter(codes, state + 1, next);
    }
    states = next;
  }
  return states.includes(codes.length);
}

/** Adds a position and, because `*` also matches nothing, those behind the stars that follow. */
function enter(codes: readonly number[], state: number, states: number[]): number[] {
  for (let at = state; ; at++) {
    if (!states.includes(at)) states.push(at);
    const code = codes[at];
    if (code !== many && code !== manyInSegment) return states;
  }
}
