/**
 * How deeply a text of JSON may nest. AWS publishes no figure; its services are written in Java, and Jackson reads 1,000 levels.
 *
 * Source: Jackson, `StreamReadConstraints.DEFAULT_MAX_DEPTH`.
 */
export const jsonDepthMax = 1_000;

const [quote, backslash] = [34, 92];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];

/** Whether a text of JSON nests so deeply that what walks through its values would run out of stack. */
export function isTooDeep(text: string): boolean {
  // So short a text cannot.
  if (text.length <= jsonDepthMax) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (inString) {
      if (sign === backslash) at += 1;
      else if (sign === quote) inString = false;
    } else if (sign === quote) inString = true;
    else if (sign === openBrace || sign === openBracket) {
      depth += 1;
      if (depth > jsonDepthMax) return true;
    } else if (sign === closeBrace || sign === closeBracket) depth -= 1;
  }
  return false;
}

/**
 * Parses JSON that somebody sent.
 *
 * @throws SyntaxError as `JSON.parse` does, and for what nests too deeply
 */
export function parseShallowJson(text: string): unknown {
  if (isTooDeep(text))
    throw new SyntaxError(`the JSON nests more than ${jsonDepthMax} levels; make it flatter`);
  return JSON.parse(text) as unknown;
}
