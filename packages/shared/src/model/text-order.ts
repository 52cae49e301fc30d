/** Orders texts by their code units, the same everywhere; for `sort`. */
export const compareTexts = (one: string, other: string): number =>
  one < other ? -1 : one > other ? 1 : 0;

/** The same record with its members in the order of their names, so that equal records become equal JSON. */
export const inNameOrder = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => compareTexts(one, other)));
