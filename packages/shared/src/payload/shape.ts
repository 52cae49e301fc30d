import { PayloadError } from '../model/golden-error.ts';

/**
 * What may stand in a value: text that matches a pattern, one of some numbers, or members of their own. A member whose name
 * ends in `?` may be missing.
 */
export type Shape = RegExp | Set<unknown> | { readonly [member: string]: Shape };

/** Names and values in a problem come from whoever sent them, and are cut. */
const problemLengthMax = 130;

/**
 * Checks a value against a shape: the first thing that does not fit, in words, or nothing. It stands in for a schema library
 * in the one function that every account carries inline, where a library would take a third of the room.
 *
 * @param isClosed whether members that the shape does not name are a problem
 */
export const problemWith = (
  value: unknown,
  shape: Shape,
  options: { isClosed: boolean; path?: string },
): string | undefined => {
  const { isClosed, path = 'it' } = options;
  if (shape instanceof RegExp)
    return typeof value === 'string' && shape.test(value) ? undefined : wrong(path, value);
  if (shape instanceof Set) return shape.has(value) ? undefined : wrong(path, value);
  if (!isRecord(value)) return wrong(path, value);
  for (const name of Object.keys(value))
    if (isClosed && !Object.hasOwn(shape, name) && !Object.hasOwn(shape, `${name}?`))
      return wrong(`member ${name}`, value[name]);
  for (const [key, member] of Object.entries(shape)) {
    const name = key.replace('?', '');
    if (value[name] === undefined && name !== key) continue;
    const problem = problemWith(value[name], member, { isClosed, path: name });
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const wrong = (path: string, value: unknown): string => {
  // Of undefined it makes undefined, which its type does not say.
  const shown = JSON.stringify(value, shallow) as string | undefined;
  return `${path} is ${shown ?? 'missing'}`.slice(0, problemLengthMax);
};

/** What is deep is not shown: a text of JSON may nest deeper than a stack of calls is. */
const shallow = (key: string, item: unknown): unknown =>
  key && Object(item) === item ? '...' : item;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws PayloadError that names the member and its value */
export const requireShape = (
  value: unknown,
  shape: Shape,
  options: { what: string; isClosed: boolean },
): void => {
  const problem = problemWith(value, shape, options);
  if (problem !== undefined) throw new PayloadError(`${options.what}: ${problem}`);
};
