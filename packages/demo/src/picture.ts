const lineHeight = 17;
const characterWidth = 7.8;
const margin = 16;
const columnsMax = 118;

/** What a terminal shows, in the colours of one: an SVG of fixed size, without scripts and fonts of its own. */
export function drawPicture(text: string): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => (line.length > columnsMax ? `${line.slice(0, columnsMax - 3)}...` : line));
  const columns = Math.max(...lines.map(({ length }) => length));
  const width = Math.ceil(columns * characterWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const drawn = lines.map(
    (line, index) =>
      `<text x="${margin}" y="${margin + (index + 0.8) * lineHeight}" fill="${colourOf(line)}">${escaped(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="#161b22"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" style="white-space: pre">`,
    ...drawn,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The lines of one chapter of what the demo prints. */
export const chapterOf = (text: string, number: number): string =>
  text
    .split(/^(?=== )/m)
    .find((chapter) => chapter.startsWith(`== ${number} `))
    ?.trimEnd() ?? '';

const colourOf = (line: string): string => {
  if (line.startsWith('== ')) return '#79c0ff';
  if (line.startsWith('   held ')) return '#7ee787';
  if (line.startsWith('   BROKEN ')) return '#ff7b72';
  return / is ALARM|ECS says|rolled-back|halted/.test(line) ? '#ffa657' : '#c9d1d9';
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
