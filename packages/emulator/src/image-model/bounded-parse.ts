import { createContext, Script } from 'node:vm';
import type { ScriptNode } from 'just-bash';

/** How long the parser may take for one script, in milliseconds of real time; the longest payload takes a few. */
const parseMsMax = 2_000;

type Parse = (script: string) => ScriptNode;

/** The interpreter's parser does not come to an end: it goes round for ever at a lone dollar sign in arithmetic, `$((1 + $))`. */
export class EndlessParse extends Error {
  override readonly name = 'EndlessParse';
}

// One for all scripts: a context is large, and a script starts many processes.
const values: { parse: Parse | undefined; script: string; node: ScriptNode | undefined } = {
  parse: undefined,
  script: '',
  node: undefined,
};
const context = createContext(values);
const call = new Script('node = parse(script)');

/**
 * The parser with a limit to its time.
 *
 * @throws EndlessParse when it is over; whatever the parser throws
 */
export function boundedParse(parse: Parse): Parse {
  return (script) => {
    Object.assign(values, { parse, script, node: undefined });
    try {
      call.runInContext(context, { timeout: parseMsMax });
    } catch (error) {
      if (isTimeout(error))
        throw new EndlessParse(
          `the parser of this emulator's bash does not come to an end within ${parseMsMax} ms; a lone $ in arithmetic makes it so`,
        );
      throw error;
    }
    if (values.node === undefined) throw new TypeError('the parser gave no tree');
    return values.node;
  };
}

/** The error of a time-out is one of the other context, and no instance of this one's. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  Reflect.get(error, 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
