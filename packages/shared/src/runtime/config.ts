import * as v from 'valibot';
import { GoldenError } from '../model/golden-error.ts';

/**
 * Reads the environment of a function by a schema.
 *
 * @throws GoldenError `config-invalid`, which names the variable but never its value
 */
export const readConfig = <Schema extends v.GenericSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, environment);
  if (result.success) return result.output;
  const names = result.issues.map((issue) => v.getDotPath(issue) ?? '?').join(', ');
  throw new GoldenError({
    code: 'config-invalid',
    message: `environment variables are missing or wrong: ${names}; see the template of this function`,
  });
};

/** Region names, comma separated; the first one is the home Region. */
export const regionList = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .split(',')
      .map((region) => region.trim())
      .filter(Boolean),
  ),
  v.array(v.pipe(v.string(), v.regex(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/))),
  v.minLength(1),
  v.maxLength(20),
);
