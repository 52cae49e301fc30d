/** A member of this name when there is a value: an absent member and one that is undefined are not the same here. */
export const optionalMember = <N extends string, T>(
  name: N,
  value: T | undefined,
): { readonly [K in N]?: T } => {
  const member: { [K in N]?: T } = {};
  if (value !== undefined) member[name] = value;
  return member;
};
