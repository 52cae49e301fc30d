import * as v from 'valibot';
import type { Properties } from './provider.ts';
import { PropertyError } from './to-service-input.ts';

/** Text, also where a template wrote a number or a boolean. */
export const textProperty = v.union([
  v.string(),
  v.pipe(v.union([v.number(), v.boolean()]), v.transform(String)),
]);

/** A whole number, also as the text of a parameter. */
export const integerProperty = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d+$/), v.transform(Number))]),
  v.integer(),
);

export const booleanProperty = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  ),
]);

/** A policy document as JSON text, which templates write as an object or as text. */
export const documentProperty = v.union([
  v.string(),
  v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((document) => JSON.stringify(document)),
  ),
]);

export const tagsProperty = v.array(v.strictObject({ Key: textProperty, Value: textProperty }));

/**
 * Reads the properties of one resource.
 *
 * @throws PropertyError naming the property that does not fit
 */
export function readProperties<T>(
  schema: v.BaseSchema<unknown, T, v.BaseIssue<unknown>>,
  properties: Properties,
): T {
  const result = v.safeParse(schema, properties);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new PropertyError(v.getDotPath(issue) ?? '', issue.message);
}
