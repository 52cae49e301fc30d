/** One value of the request context; a list is a multivalued key, also when it holds one member. */
export type ContextValue = string | number | boolean | readonly string[];

/** The request context: condition keys are compared without case, so they are stored in lower case. */
export interface ConditionContext {
  /** @param lowerCaseKey the condition key in lower case */
  get(lowerCaseKey: string): ContextValue | undefined;
}

/**
 * Merges key-value records into one request context; keys without a value are absent, later records win.
 *
 * Source: IAM User Guide, "Condition" (key names are not case-sensitive).
 */
export function conditionContext(
  ...records: readonly Readonly<Record<string, ContextValue | undefined>>[]
): ConditionContext {
  const values = new Map<string, ContextValue>();
  for (const record of records)
    for (const [key, value] of Object.entries(record))
      if (value !== undefined) values.set(key.toLowerCase(), value);
  return values;
}
