import type { Member } from '../wire/shape.ts';
import { AwsError } from './aws-error.ts';

/** One step into an input: a member of a structure, an item of a list (counted from 1) or a pair of a map. */
export type InputStep =
  { readonly member: Member } | { readonly item: number } | { readonly key: string };

/** One thing that a model says and that an input does not keep to. */
export interface InputProblem {
  readonly path: readonly InputStep[];
  readonly rule: 'required' | 'min' | 'max' | 'pattern' | 'enum';
  /** Whether `min` and `max` count a length or are a number's limits. */
  readonly measures: 'length' | 'value';
  /** The limit, the pattern or the allowed values, e.g. `[A, B]`; empty for `required`. */
  readonly limit: string;
  /** What is wrong there; undefined where nothing is. */
  readonly value: unknown;
  /** The item of a list, or the key or value of a map, that is wrong; else the value itself. */
  readonly part: unknown;
  /** AWS does not repeat such a value. */
  readonly sensitive: boolean;
  /** The constraint in the words of AWS's Java services, e.g. `Member must not be null`. */
  readonly says: string;
}

/** How much of a value an error repeats; AWS repeats all of it, and a template can be a megabyte. */
const valueLengthMax = 1024;
const printedDepthMax = 8;

const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);

/** The member of the operation's input in which a problem is. */
export function topMember({ path }: InputProblem): Member {
  const [first] = path;
  if (first === undefined || !('member' in first))
    throw new TypeError('a problem of an input is in one of its members');
  return first.member;
}

/**
 * The problem that a service names that names only one: a missing member before a wrong value.
 *
 * @throws TypeError without problems, which is no input to refuse
 */
export function firstProblem(problems: readonly InputProblem[]): InputProblem {
  const first = problems.find(({ rule }) => rule === 'required') ?? problems[0];
  if (!first) throw new TypeError('an input without problems was refused');
  return first;
}

/** The last member on the way to a problem, as the model writes it. */
export const lastMember = ({ path }: InputProblem): string =>
  path.reduce((name, step) => ('member' in step ? step.member.name : name), '');

/** The place as AWS's Java services name it, e.g. `tags.1.member.key`. */
export const javaPath = ({ path }: Pick<InputProblem, 'path'>): string =>
  path
    .map((step) =>
      'member' in step
        ? lowerFirst(step.member.name)
        : 'item' in step
          ? `${step.item}.member`
          : `${step.key}.member`,
    )
    .join('.');

/** A value as Java prints it: lists in brackets, maps and structures in braces; cut when it is long. */
export function printedValue(value: unknown): string {
  const text = print(value, 0);
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}...` : text;
}

function print(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.slice(0, valueLengthMax + 1);
  if (value instanceof Uint8Array)
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  // What is long or deep is cut anyway, and a hostile value must not cost more than that.
  if (depth > printedDepthMax) return '...';
  if (Array.isArray(value)) {
    const items = value.slice(0, valueLengthMax).map((item) => print(item, depth + 1));
    return `[${items.join(', ')}]`;
  }
  const pairs = Object.entries(value).slice(0, valueLengthMax);
  return `{${pairs.map(([key, item]) => `${key}=${print(item, depth + 1)}`).join(', ')}}`;
}

/**
 * The error of AWS's Java services, which is what most of AWS answers: `2 validation errors detected: Value ...`.
 *
 * @param hidesValues whether the service repeats no values at all
 */
export function constraintsError(
  code: string,
  problems: readonly InputProblem[],
  hidesValues = false,
): AwsError {
  const texts = problems.map((problem) => {
    const { value, says, sensitive } = problem;
    const quoted = value === undefined ? 'Value null' : `Value '${printedValue(value)}'`;
    const shown = sensitive || hidesValues ? 'Value' : quoted;
    return `${shown} at '${javaPath(problem)}' failed to satisfy constraint: ${says}`;
  });
  return new AwsError(
    code,
    `${texts.length} validation error${texts.length === 1 ? '' : 's'} detected: ${texts.join('; ')}`,
  );
}
