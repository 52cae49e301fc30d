/**
 * A table of Markdown whose columns are as wide as their widest cell, which is what the formatter of this repository makes
 * of it.
 *
 * @param rows cells without line breaks; a `|` in a cell would end it
 * @throws Error for a cell that holds one
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const broken = lines.flat().find((cell) => /[|\n]/.test(cell));
  if (broken !== undefined)
    throw new Error(`"${broken}" cannot be a cell: it has a | or a line break`);
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [lineOf(head, ' '), lineOf([], '-'), ...rows.map((cells) => lineOf(cells, ' '))].join(
    '\n',
  );
}
