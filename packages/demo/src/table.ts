const lineLengthMax = 118;
const gap = '  ';
/** However wide the other columns are. */
const wordsLengthMin = 30;

/** Columns as wide as what is in them; the last one goes on below itself where the line would become too long. */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const last = header.length - 1;
  const widths = header
    .slice(0, last)
    .map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const indent = widths.reduce((sum, width) => sum + width + gap.length, 0);
  return [header, ...rows].flatMap((row) => {
    const start = widths.map((width, column) => (row[column] ?? '').padEnd(width) + gap).join('');
    return wrapped(row[last] ?? '', Math.max(wordsLengthMin, lineLengthMax - indent)).map(
      (part, index) => `${index === 0 ? start : ' '.repeat(indent)}${part}`.trimEnd(),
    );
  });
}

/** Text in lines of whole words; a word that is longer than a line, such as an ARN, is cut into pieces. */
function wrapped(text: string, lengthMax: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => pieces(word, lengthMax))) {
    if (line !== '' && line.length + 1 + word.length > lengthMax) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const pieces = (word: string, lengthMax: number): string[] =>
  Array.from({ length: Math.max(1, Math.ceil(word.length / lengthMax)) }, (_, index) =>
    word.slice(index * lengthMax, (index + 1) * lengthMax),
  );

/** `3 refreshed, 1 skipped` */
export const counted = (words: readonly string[]): string =>
  [...Map.groupBy(words, (word) => word)]
    .map(([word, { length }]) => `${length} ${word}`)
    .join(', ');
