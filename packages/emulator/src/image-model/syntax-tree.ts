/** A node of a parsed script, looked at without its type: the rewriting goes over nodes of every kind. */
export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null;

export function listIn(node: Tree, key: string): readonly unknown[] {
  const list = node[key];
  return Array.isArray(list) ? list : [];
}

export const partsOf = (word: unknown): readonly Tree[] =>
  isTree(word) ? listIn(word, 'parts').filter(isTree) : [];

/** The text of a word that consists of nothing else. */
export function literalOf(word: unknown): string | undefined {
  const parts = partsOf(word);
  if (parts.length === 0 || parts.some(({ type }) => type !== 'Literal')) return undefined;
  return parts.map(({ value }) => String(value)).join('');
}
