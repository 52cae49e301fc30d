import { createContext, Script } from 'node:vm';
import { isRecord } from '../wire/scalars.ts';
import { remembered } from '../world/remembered.ts';
import { validationError } from './validation-error.ts';

/**
 * How long a comparison may take, in milliseconds of real time: a pattern such as `(a+)+b` takes for ever for some texts. AWS
 * does not say where its own limit is.
 */
const comparisonMsMax = 1_000;

const values = { expression: /./, text: '' };
const context = createContext(values);
const compare = new Script('expression.test(text)');

/**
 * Whether the whole of a text matches a template's pattern. Remembered: to watch the time takes longer than to compare, and a
 * template's defaults come again with each stack.
 *
 * @throws AwsError ValidationError for a pattern that is none, and for one that takes too long
 */
export const matchesWhole: (pattern: string, text: string) => boolean = remembered(compareWhole);

function compareWhole(pattern: string, text: string): boolean {
  Object.assign(values, { expression: compiled(pattern), text });
  try {
    return compare.runInContext(context, { timeout: comparisonMsMax }) === true;
  } catch (error) {
    // The error is one of the other context, and no instance of this one's.
    if (isRecord(error) && error['code'] === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw validationError(
        `Template format error: to compare a value with the AllowedPattern ${pattern} takes more than ${comparisonMsMax} ms`,
      );
    throw error;
  }
}

function compiled(pattern: string): RegExp {
  try {
    // By itself too: with brackets around it, "a)(b" would be a pattern.
    return new RegExp(`^(?:${new RegExp(pattern).source})$`);
  } catch {
    throw validationError(`Template format error: ${pattern} is no valid AllowedPattern`);
  }
}
