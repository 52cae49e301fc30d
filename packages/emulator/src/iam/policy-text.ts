import type { ConditionContext } from './condition-context.ts';
import { MalformedPolicy } from './malformed-policy.ts';

/** A text after substitution; wildcards count only where `pattern` is true, never in a substituted value. */
export interface TextPart {
  readonly text: string;
  readonly pattern: boolean;
}

type Piece = TextPart | { readonly key: string; readonly fallback: string | undefined };

/** A string of a policy with its policy variables parsed. */
export interface PolicyText {
  readonly source: string;
  readonly pieces: readonly Piece[];
}

/** Version 2012-10-17 knows policy variables; in 2008-10-17 `${...}` is ordinary text. */
export type PolicyVersion = '2012-10-17' | '2008-10-17';

const specialCharacters = new Set(['*', '?', '$']);
const variable = /^([a-z0-9-]+:[^,'${}]+)(?:, '([^']*)')?$/i;

/**
 * Parses the policy variables of a string.
 *
 * @throws MalformedPolicy for a `${` that is neither a key, a key with a default nor `${*}`, `${?}`, `${$}`
 * Source: IAM User Guide, "Variables and tags".
 */
export function parsePolicyText(source: string, version: PolicyVersion): PolicyText {
  if (version === '2008-10-17' || !source.includes('${'))
    return { source, pieces: source === '' ? [] : [{ text: source, pattern: true }] };
  const pieces: Piece[] = [];
  let at = 0;
  for (let open = source.indexOf('${'); open !== -1; open = source.indexOf('${', at)) {
    const close = source.indexOf('}', open);
    if (close === -1) throw new MalformedPolicy(`policy variable without end in ${source}`);
    if (open > at) pieces.push({ text: source.slice(at, open), pattern: true });
    pieces.push(parseVariable(source.slice(open + 2, close), source));
    at = close + 1;
  }
  if (at < source.length) pieces.push({ text: source.slice(at), pattern: true });
  return { source, pieces };
}

function parseVariable(body: string, source: string): Piece {
  if (specialCharacters.has(body)) return { text: body, pattern: false };
  const [, key, fallback] = variable.exec(body) ?? [];
  if (key === undefined)
    throw new MalformedPolicy(`\${${body}} is not a policy variable, in ${source}`);
  return { key: key.toLowerCase(), fallback };
}

/** The parts of a text that needs no request, or undefined when it holds a variable. */
export function constantParts(text: PolicyText): readonly TextPart[] | undefined {
  const parts: TextPart[] = [];
  for (const piece of text.pieces) {
    if ('key' in piece) return undefined;
    parts.push(piece);
  }
  return parts;
}

/**
 * Substitutes the variables from the request; undefined when one has neither a value nor a default.
 * A multivalued key cannot be a variable, so it counts as one without a value.
 */
export function substitute(
  text: PolicyText,
  context: ConditionContext,
): readonly TextPart[] | undefined {
  const parts: TextPart[] = [];
  for (const piece of text.pieces) {
    if ('text' in piece) {
      parts.push(piece);
      continue;
    }
    const value = context.get(piece.key);
    const scalar = typeof value === 'object' ? undefined : value;
    const chosen = scalar ?? piece.fallback;
    if (chosen === undefined) return undefined;
    parts.push({ text: String(chosen), pattern: false });
  }
  return parts;
}

/** How many colons stand before the first variable, or undefined without variables. */
export function colonsBeforeVariable(text: PolicyText): number | undefined {
  let colons = 0;
  for (const piece of text.pieces) {
    if ('key' in piece) return colons;
    colons += piece.text.split(':').length - 1;
  }
  return undefined;
}
