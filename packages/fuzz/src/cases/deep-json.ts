/**
 * A text that stands for a value within a value, as often as is said, until the document is written: nothing here could walk
 * through so deep a value itself.
 */
export const deepMark = (depth: number, opening: '[' | '{'): string => `\u0001${opening}${depth}`;

/** As `JSON.stringify` writes the mark, once or within a text of JSON. */
const writtenMark = /(\\?)"\\{1,2}u0001([[{])(\d+)\\?"/g;

/** How many levels one text gets in all: a mark may stand in an item that comes ten thousand times. */
const lengthMax = 200_000;

/** Puts the deep values in the places of their marks. */
export const dig = (text: string): string => {
  let left = lengthMax;
  return text.replace(writtenMark, (_, escape: string, opening: string, digits: string) => {
    const depth = left > 0 ? Number(digits) : 1;
    left -= depth;
    const [open, close] = opening === '[' ? ['[', ']'] : [`{${escape}"a${escape}":`, '}'];
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  });
};
