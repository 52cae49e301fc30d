import * as v from 'valibot';
import { PayloadError } from '../model/golden-error.ts';

/** @throws PayloadError when `text` is not JSON */
export const parseJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new PayloadError(`${what} is not JSON`, { start: text.slice(0, 200) });
  }
};

/** Both may hold what was sent: names that somebody made up, and values as long as they like. */
const pathLengthMax = 200;
const messageLengthMax = 500;

/** @throws PayloadError that names the first member that does not fit */
export const parseWith = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  what: string,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (v.getDotPath(issue) ?? 'the whole value').slice(0, pathLengthMax);
  throw new PayloadError(`${what}: ${path}: ${issue.message.slice(0, messageLengthMax)}`, {
    what,
    path,
  });
};

/** Text with a limit: whatever comes from outside has one. */
export const text = (lengthMax: number) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(lengthMax));
