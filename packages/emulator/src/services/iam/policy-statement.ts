/** One statement of a policy that AWS wrote. */
export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Shortens the tables of AWS's own policies. */
export const allow = (
  Action: PolicyStatement['Action'],
  Resource: PolicyStatement['Resource'] = '*',
  Condition?: PolicyStatement['Condition'],
): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

/** Builds `prefix:Action` names of one service. */
export const actions = (prefix: string, ...names: readonly string[]): string[] =>
  names.map((name) => `${prefix}:${name}`);
