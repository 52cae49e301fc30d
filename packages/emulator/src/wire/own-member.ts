/** What a table holds under a name that somebody else chose: every object also has members such as `toString` that it inherits. */
export const ownMember = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
