/**
 * A text that stands for a value within a value, as often as is said, until the document is written: nothing here could walk
 * through so deep a value itself.
 */
export const deepMark = (depth: number, opening: '[' | '{'): string => `\u0001${opening}${depth}`;

/** As `JSON.stringify` writes the mark, once or within a text of JSON. */
const writtenMark = /(\\?)"\\{1,2}u0001([[{])(\d+)\\?"/g;

/** Puts the deep values in the places of their marks. */
export const dig = (text: string): string =>
  text.replace(writtenMark, (_, escape: string, opening: string, digits: string) => {
    const depth = Number(digits);
    const [open, close] = opening === '[' ? ['[', ']'] : [`{${escape}"a${escape}":`, '}'];
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  });
