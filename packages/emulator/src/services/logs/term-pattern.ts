import type { Match } from './filter-pattern.ts';
import { MalformedPattern, regularExpression } from './malformed-pattern.ts';

interface Terms {
  readonly required: readonly string[];
  readonly excluded: readonly string[];
  readonly optional: readonly string[];
}

const termPattern = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;
const nothing: Match = { extracted: {} };

/**
 * Terms that an event contains: all of the plain ones, none of those with a minus, or one of those with a question mark.
 * Question marks count only when there is nothing else. No term matches every event.
 *
 * @throws MalformedPattern
 */
export function parseTermPattern(text: string): (message: string) => Match | undefined {
  const { required, excluded, optional } = readTerms(text);
  const isPlain = required.length + excluded.length > 0;
  return (message) => {
    const holds = isPlain
      ? required.every((term) => message.includes(term)) &&
        !excluded.some((term) => message.includes(term))
      : optional.length === 0 || optional.some((term) => message.includes(term));
    return holds ? nothing : undefined;
  };
}

function readTerms(text: string): Terms {
  const terms = { required: [] as string[], excluded: [] as string[], optional: [] as string[] };
  const pattern = new RegExp(termPattern);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match)
      throw new MalformedPattern(`cannot read the pattern at ${JSON.stringify(text.slice(at))}`);
    const [, sign = '', quoted, bare = ''] = match;
    if (quoted === undefined) checkBare(bare);
    const term = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1');
    if (sign === '-') terms.excluded.push(term);
    else if (sign === '?') terms.optional.push(term);
    else terms.required.push(term);
  }
  return terms;
}

function checkBare(term: string): void {
  if (term.startsWith('%')) throw regularExpression();
  if (!/^\w+$/.test(term))
    throw new MalformedPattern(`Invalid character(s) in term '${term}': quote it`);
}
